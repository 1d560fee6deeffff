import type { FacilityId } from '../../custody/facilities/facility-code.js';
import type { BatchCode } from '../../custody/serials/serial-number.js';
import { SerialSet, type SerialSetJson } from '../../custody/serials/serial-set.js';
import type { ReadModelDatabase, Row } from '../read-model-database.js';
import { Scope } from '../scope.js';
import { serialTexts, type SerialTexts } from '../serial-texts.js';

/** The most shipments of one answer. */
const MAX_SHIPMENTS = 100;

export interface ShipmentOnTheWay {
  readonly shipmentId: string;
  readonly consignor: string;
  readonly consignee: string;
  /** ISO 8601, UTC; null where no time was agreed. */
  readonly expectedBy: string | null;
  /** Of the batch, still on the way. */
  readonly blanks: number;
  readonly usableSerials: SerialTexts;
  readonly invalidSerials: SerialTexts;
}

export interface OnTheWay {
  /** The latest first, at most 100. */
  readonly shipments: readonly ShipmentOnTheWay[];
  /** Whether there may be more of them. */
  readonly isCut: boolean;
}

/** Open shipments with blanks of a batch, to or from a facility or one below it. */
export function shipmentsOnTheWay(
  database: ReadModelDatabase,
  facilityId: FacilityId,
  batch: BatchCode,
): OnTheWay {
  const region = new Scope(facilityId);
  const to = region.condition(database, 'consignee');
  const from = region.condition(database, 'consignor');
  const rows = database.iterate(
    `SELECT shipment_id, consignor, consignee, expected_by, open_usable, open_invalid
     FROM shipment INDEXED BY shipment_open_by_consignee WHERE state <> 'closed' AND (${to.sql} OR ${from.sql})
       AND (instr(open_usable, ?) > 0 OR instr(open_invalid, ?) > 0)
     ORDER BY position DESC LIMIT ?`,
    ...to.values,
    ...from.values,
    ...[`"${batch}"`, `"${batch}"`, MAX_SHIPMENTS + 1],
  );
  const shipments = [...rows].map((row) => onTheWay(row, batch));
  return {
    shipments: shipments.slice(0, MAX_SHIPMENTS),
    isCut: shipments.length > MAX_SHIPMENTS,
  };
}

function onTheWay(row: Row, batch: BatchCode): ShipmentOnTheWay {
  const [usable, invalid] = [row.open_usable, row.open_invalid].map((json) =>
    SerialSet.fromJson(JSON.parse(String(json)) as SerialSetJson).ofBatch(batch),
  ) as [SerialSet, SerialSet];
  const expectedBy = row.expected_by;
  return {
    shipmentId: String(row.shipment_id),
    consignor: String(row.consignor),
    consignee: String(row.consignee),
    expectedBy: expectedBy === null ? null : new Date(Number(expectedBy)).toISOString(),
    blanks: usable.size + invalid.size,
    usableSerials: serialTexts(usable),
    invalidSerials: serialTexts(invalid),
  };
}
