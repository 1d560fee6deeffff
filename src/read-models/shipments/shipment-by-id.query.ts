import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { parseShipmentId, type AccountId } from '../../custody/account/account-id.js';
import { MAX_PAGE } from '../cursor.js';
import { ask, ReadModels } from '../read-models.js';
import { Scope } from '../scope.js';
import { shipmentAnswer, SUMMARY_COLUMNS, type ShipmentAnswer } from './shipment-answer.js';
import { SHIPMENTS_PROJECTION } from './shipment-tables.js';

const DETAILS = `SELECT ${SUMMARY_COLUMNS}, carrier, vehicle, packages, open_usable, open_invalid
  FROM shipment WHERE shipment_id = ?`;

/** Null when there is no such shipment, or neither of its ends may be seen. */
export class ShipmentById extends Query<ShipmentAnswer | null> {
  constructor(
    readonly scope: Scope,
    readonly shipmentId: string,
    /** Decimal position the answer must hold for. */
    readonly atLeast?: string,
  ) {
    super();
  }
}

@QueryHandler(ShipmentById)
export class ShipmentByIdHandler implements IQueryHandler<ShipmentById> {
  constructor(private readonly models: ReadModels) {}

  async execute({ scope, shipmentId, atLeast }: ShipmentById): Promise<ShipmentAnswer | null> {
    const { kept } = this.models;
    return ask(this.models, [SHIPMENTS_PROJECTION], atLeast, (database, position) => {
      const row = database.get(DETAILS, shipmentId);
      if (row === undefined) {
        // Known here are those to and from what is kept.
        const consignor = parseShipmentId(shipmentId)?.consignor;
        if (consignor !== undefined) kept.assertKeepsOne([consignor]);
        return null;
      }
      const ends = [row.consignor, row.consignee].map((end) => String(end) as AccountId);
      if (!ends.some((end) => scope.sees(database, end))) return null;
      const entries = database.all(
        `SELECT type, event_id, account, CAST(revision AS TEXT) AS revision,
           CAST(position AS TEXT) AS position, recorded_at, blanks
         FROM shipment_entry WHERE shipment_id = ? ORDER BY shipment_entry.position LIMIT ?`,
        shipmentId,
        MAX_PAGE,
      );
      const unexpected = database.all(
        `SELECT event_id, account, recorded_at, serials
         FROM shipment_unexpected WHERE shipment_id = ? ORDER BY position LIMIT ?`,
        shipmentId,
        MAX_PAGE,
      );
      return shipmentAnswer(row, { entries, unexpected }, position);
    });
  }
}
