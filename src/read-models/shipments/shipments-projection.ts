import { assert } from '../../custody/assert.js';
import type { AccountId, ShipmentId } from '../../custody/account/account-id.js';
import type { Shipment } from '../../custody/account/decision.js';
import type { CustodyEvent, HeldState, PackageJson } from '../../custody/account/events.js';
import { shipmentOf } from '../../custody/account/incoming-shipment.js';
import { postingsOf } from '../../custody/account/postings.js';
import { SerialSet, type SerialSetJson } from '../../custody/serials/serial-set.js';
import type { Recorded } from '../../event-store/codec/ledger-event.js';
import { accountEntry, type Projection } from '../projection.js';
import type { ReadModelDatabase } from '../read-model-database.js';
import { SHIPMENTS_PROJECTION, SHIPMENT_TABLES } from './shipment-tables.js';

/** Every shipment with its manifest, what of it is still in transit, and what was entered about it. */
export const shipmentsProjection: Projection = {
  name: SHIPMENTS_PROJECTION,
  version: 1,
  tables: SHIPMENT_TABLES,
  // A blank is issued from an account's own stock, so issuances concern no shipment.
  apply: ({ events }, database) => {
    for (const event of events) {
      const entry = accountEntry(event);
      if (entry === null) continue;
      const shipment = shipmentOf(entry.event, Date.parse(event.metadata.recordedAt));
      if (shipment !== null) open(database, shipment, entry.event);
      settle(database, entry.account, entry.event, shipment?.shipmentId ?? null);
    }
  },
};

function open(
  database: ReadModelDatabase,
  shipment: Shipment,
  event: Recorded<CustodyEvent>,
): void {
  const { shipmentId, consignor, consignee, origin, usable, invalid, expectedBy } = shipment;
  const details = event.type === 'ShipmentDispatched' ? event.data : null;
  const split = [JSON.stringify(usable.toJson()), JSON.stringify(invalid.toJson())] as const;
  const blanks = usable.size + invalid.size;
  database.run(
    `INSERT INTO shipment VALUES (?, ?, ?, ?, 'in_transit', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    shipmentId,
    event.position,
    consignor,
    consignee,
    origin,
    details?.basis ?? null,
    expectedBy,
    event.metadata.recordedAt,
    JSON.stringify(event.data.occurredAt),
    event.id,
    details?.paperNumber ?? null,
    details?.carrier ?? null,
    details?.vehicle ?? null,
    JSON.stringify(packagesOf(event, split)),
    blanks,
    ...split,
    blanks,
  );
}

/** Refusals and surrenders go in one unnamed package. */
function packagesOf(
  event: CustodyEvent,
  [usable, invalid]: readonly [string, string],
): readonly PackageJson[] {
  if (event.type === 'ShipmentDispatched') return event.data.packages;
  return [
    {
      label: '',
      kind: '',
      seal: '',
      usable: JSON.parse(usable) as SerialSetJson,
      invalid: JSON.parse(invalid) as SerialSetJson,
    },
  ];
}

type OpenPart = Record<HeldState, SerialSet>;

/** Serials leave the open part, or come back to it by a reversal; `sent` is the shipment the event itself opens. */
function settle(
  database: ReadModelDatabase,
  account: AccountId,
  event: Recorded<CustodyEvent>,
  sent: ShipmentId | null,
): void {
  const changes = new Map<ShipmentId, { part: OpenPart; blanks: number }>();
  const changed = (shipmentId: ShipmentId): { part: OpenPart; blanks: number } => {
    const known = changes.get(shipmentId) ?? { part: openPartOf(database, shipmentId), blanks: 0 };
    changes.set(shipmentId, known);
    return known;
  };
  for (const { from, to, serials } of postingsOf(event)) {
    if (from.place === 'transit') {
      const change = changed(from.shipmentId);
      change.part[from.state] = change.part[from.state].minus(serials);
      change.blanks += serials.size;
    }
    if (to.place === 'transit' && to.shipmentId !== sent) {
      const change = changed(to.shipmentId);
      change.part[to.state] = change.part[to.state].plus(serials);
      change.blanks -= serials.size;
    }
  }
  for (const [shipmentId, { part, blanks }] of changes) {
    saveOpenPart(database, shipmentId, part);
    note(database, shipmentId, account, event, blanks);
  }
  if (event.type === 'TransitIncidentReported')
    note(database, event.data.shipmentId, account, event, 0);
}

function openPartOf(database: ReadModelDatabase, shipmentId: ShipmentId): OpenPart {
  const row = database.get(
    'SELECT open_usable, open_invalid FROM shipment WHERE shipment_id = ?',
    shipmentId,
  );
  assert(row !== undefined, `shipment ${shipmentId} was sent before it is settled`);
  const read = (json: unknown): SerialSet =>
    SerialSet.fromJson(JSON.parse(String(json)) as SerialSetJson);
  return { usable: read(row.open_usable), invalid: read(row.open_invalid) };
}

function saveOpenPart(
  database: ReadModelDatabase,
  shipmentId: ShipmentId,
  { usable, invalid }: OpenPart,
): void {
  const blanks = usable.size + invalid.size;
  database.run(
    `UPDATE shipment SET open_usable = ?, open_invalid = ?, open_blanks = ?, state =
       CASE WHEN ? = 0 THEN 'closed' WHEN ? = blanks THEN 'in_transit' ELSE 'partly_settled' END
     WHERE shipment_id = ?`,
    JSON.stringify(usable.toJson()),
    JSON.stringify(invalid.toJson()),
    blanks,
    blanks,
    blanks,
    shipmentId,
  );
}

/** Keeps what was entered about a shipment after it was sent. */
function note(
  database: ReadModelDatabase,
  shipmentId: ShipmentId,
  account: AccountId,
  event: Recorded<CustodyEvent>,
  blanks: number,
): void {
  database.run(
    'INSERT INTO shipment_entry VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    shipmentId,
    event.position,
    event.type,
    event.id,
    account,
    event.revision,
    event.metadata.recordedAt,
    blanks,
  );
}
