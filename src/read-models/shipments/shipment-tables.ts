import type { ProjectionTable } from '../projection.js';

export const SHIPMENTS_PROJECTION = 'shipments';

/** Received with blanks missing, or only partly settled. A term of its own, as its index is told by it. */
export const IS_SHORT = `(missing_blanks > 0 OR state = 'partly_settled')`;
/**
 * A card handed in elsewhere is in transit on paper only, until it is confirmed: it tells nothing of how
 * long a route takes.
 */
export const TRAVELS = `origin <> 'surrender'`;

export const SHIPMENT_TABLES: readonly ProjectionTable[] = [
  {
    name: 'shipment',
    key: 'shipment_id',
    // Times are in milliseconds since the epoch, where they are no texts. `sent_occurred` and
    // `closed_occurred` are null where only a day was stated. `closed_…` tell of the entry that left
    // nothing in transit; `transit_…` how long that took, where it arrived.
    ddl: `CREATE TABLE shipment (
  shipment_id TEXT PRIMARY KEY,
  position INTEGER NOT NULL,
  consignor TEXT NOT NULL,
  consignee TEXT NOT NULL,
  consignor_level TEXT NOT NULL,
  state TEXT NOT NULL,
  origin TEXT NOT NULL,
  basis TEXT,
  expected_by INTEGER,
  recorded_at TEXT NOT NULL,
  occurred_at TEXT NOT NULL,
  event_id TEXT NOT NULL,
  paper_number TEXT,
  carrier TEXT,
  vehicle TEXT,
  packages TEXT NOT NULL,
  blanks INTEGER NOT NULL,
  open_usable TEXT NOT NULL,
  open_invalid TEXT NOT NULL,
  open_blanks INTEGER NOT NULL,
  open_usable_blanks INTEGER NOT NULL,
  missing_blanks INTEGER NOT NULL,
  unexpected_blanks INTEGER NOT NULL,
  sent_at INTEGER NOT NULL,
  sent_occurred INTEGER,
  closed_at INTEGER,
  closed_by TEXT,
  closing_event_id TEXT,
  closed_occurred INTEGER,
  transit_ms INTEGER,
  transit_occurred_ms INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX shipment_by_consignee ON shipment (consignee, position);
CREATE INDEX shipment_open_by_consignee ON shipment (consignee, position) WHERE state <> 'closed';
CREATE INDEX shipment_coming ON shipment (consignee, open_usable_blanks) WHERE open_usable_blanks > 0;
CREATE INDEX shipment_by_consignor ON shipment (consignor, position);
CREATE INDEX shipment_by_state ON shipment (state, position);
CREATE INDEX shipment_open ON shipment (position) WHERE state <> 'closed';
CREATE INDEX shipment_by_position ON shipment (position);
CREATE INDEX shipment_short ON shipment (position) WHERE ${IS_SHORT};
CREATE INDEX shipment_with_unexpected ON shipment (position) WHERE unexpected_blanks > 0;
CREATE INDEX shipment_by_route ON shipment (consignor, consignee, transit_ms) WHERE ${TRAVELS};
CREATE INDEX shipment_by_route_occurred ON shipment (consignor, consignee, transit_occurred_ms)
  WHERE transit_occurred_ms IS NOT NULL;
CREATE INDEX shipment_by_level ON shipment (consignor_level, transit_ms) WHERE transit_ms IS NOT NULL;
CREATE INDEX shipment_by_level_occurred ON shipment (consignor_level, transit_occurred_ms)
  WHERE transit_occurred_ms IS NOT NULL;
CREATE INDEX shipment_by_event ON shipment (event_id);
CREATE INDEX shipment_by_closing_event ON shipment (closing_event_id)
  WHERE closing_event_id IS NOT NULL`,
  },
  {
    name: 'shipment_entry',
    key: 'shipment_id, position',
    ddl: `CREATE TABLE shipment_entry (
  shipment_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  type TEXT NOT NULL,
  event_id TEXT NOT NULL,
  account TEXT NOT NULL,
  revision INTEGER NOT NULL,
  recorded_at TEXT NOT NULL,
  blanks INTEGER NOT NULL,
  PRIMARY KEY (shipment_id, position)
) STRICT, WITHOUT ROWID`,
  },
  // Serials found in a shipment that its manifest does not name; not those of a receipt that was reversed.
  {
    name: 'shipment_unexpected',
    key: 'shipment_id, position',
    ddl: `CREATE TABLE shipment_unexpected (
  shipment_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  event_id TEXT NOT NULL,
  account TEXT NOT NULL,
  recorded_at TEXT NOT NULL,
  serials TEXT NOT NULL,
  blanks INTEGER NOT NULL,
  PRIMARY KEY (shipment_id, position)
) STRICT, WITHOUT ROWID`,
  },
];
