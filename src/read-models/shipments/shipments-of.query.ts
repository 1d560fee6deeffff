import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { cursorAt, InvalidCursor, pageSize, placeOf, type Cursor, type Page } from '../cursor.js';
import { ask, ReadModels } from '../read-models.js';
import {
  SUMMARY_COLUMNS,
  summaryOf,
  type ShipmentState,
  type ShipmentSummary,
} from './shipment-answer.js';
import { SHIPMENTS_PROJECTION } from './shipment-tables.js';

export interface ShipmentFilter {
  readonly consignee?: string | undefined;
  readonly consignor?: string | undefined;
  /** `open`: in transit or partly settled. */
  readonly state?: ShipmentState | 'open' | undefined;
}

export interface ShipmentsPage extends Page<ShipmentSummary> {
  /** The position of the log this page holds for. */
  readonly position: string;
}

/** The latest first. @throws {InvalidCursor} */
export class ShipmentsOf extends Query<ShipmentsPage> {
  constructor(
    readonly filter: ShipmentFilter,
    readonly cursor: Cursor | null,
    /** Held to 1..1,000. */
    readonly limit: number,
    /** Decimal position the answer must hold for. */
    readonly atLeast?: string,
  ) {
    super();
  }
}

const LISTING = 'shipments';
const POSITION = /^[0-9]{1,18}$/;

@QueryHandler(ShipmentsOf)
export class ShipmentsOfHandler implements IQueryHandler<ShipmentsOf> {
  constructor(private readonly models: ReadModels) {}

  async execute({ filter, cursor, limit, atLeast }: ShipmentsOf): Promise<ShipmentsPage> {
    const before = cursor === null ? null : placeOf(LISTING, cursor);
    if (before !== null && !POSITION.test(before)) throw new InvalidCursor();
    // Kept are those to and from what is kept, so one end must be named.
    const ends = [filter.consignee, filter.consignor].filter((end) => end !== undefined);
    this.models.kept.assertKeepsOne(ends);
    const { where, parameters } = conditionsOf(filter, before);
    const size = pageSize(limit);
    return ask(this.models, [SHIPMENTS_PROJECTION], atLeast, (database, position) => {
      const rows = database.all(
        `SELECT ${SUMMARY_COLUMNS}, CAST(position AS TEXT) AS place FROM shipment
         WHERE ${where} ORDER BY shipment.position DESC LIMIT ?`,
        ...parameters,
        size + 1,
      );
      const last = rows[size - 1];
      const hasMore = rows.length > size && last !== undefined;
      return {
        items: rows.slice(0, size).map(summaryOf),
        nextCursor: hasMore ? cursorAt(LISTING, String(last.place)) : null,
        position,
      };
    });
  }
}

function conditionsOf(
  { consignee, consignor, state }: ShipmentFilter,
  before: string | null,
): { readonly where: string; readonly parameters: readonly (string | bigint)[] } {
  const conditions = ['TRUE'];
  const parameters: (string | bigint)[] = [];
  const add = (condition: string, value: string | bigint): void => {
    conditions.push(condition);
    parameters.push(value);
  };
  if (consignee !== undefined) add('consignee = ?', consignee);
  if (consignor !== undefined) add('consignor = ?', consignor);
  if (state === 'open') conditions.push("state <> 'closed'");
  else if (state !== undefined) add('state = ?', state);
  if (before !== null) add('shipment.position < ?', BigInt(before));
  return { where: conditions.join(' AND '), parameters };
}
