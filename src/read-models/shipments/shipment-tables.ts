import type { ProjectionTable } from '../projection.js';

export const SHIPMENTS_PROJECTION = 'shipments';

export const SHIPMENT_TABLES: readonly ProjectionTable[] = [
  {
    name: 'shipment',
    key: 'shipment_id',
    ddl: `CREATE TABLE shipment (
  shipment_id TEXT PRIMARY KEY,
  position INTEGER NOT NULL,
  consignor TEXT NOT NULL,
  consignee TEXT NOT NULL,
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
  open_blanks INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX shipment_by_consignee ON shipment (consignee, position);
CREATE INDEX shipment_open_by_consignee ON shipment (consignee, position) WHERE state <> 'closed';
CREATE INDEX shipment_by_consignor ON shipment (consignor, position);
CREATE INDEX shipment_by_state ON shipment (state, position);
CREATE INDEX shipment_by_position ON shipment (position)`,
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
];
