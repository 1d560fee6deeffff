import type { ProjectionTable } from '../projection.js';

export const CUSTODY_LINE_PROJECTION = 'custody-line';

export const CUSTODY_TABLES: readonly ProjectionTable[] = [
  // Every entry of every account but the issuances.
  {
    name: 'custody_entry',
    key: 'position',
    ddl: `CREATE TABLE custody_entry (
  position INTEGER PRIMARY KEY,
  account TEXT NOT NULL,
  revision INTEGER NOT NULL,
  type TEXT NOT NULL,
  event_id TEXT NOT NULL,
  ledger_time INTEGER NOT NULL,
  recorded_at INTEGER NOT NULL,
  occurred_value TEXT NOT NULL,
  occurred_precision TEXT NOT NULL,
  occurred_zone TEXT NOT NULL,
  actor_id TEXT NOT NULL,
  actor_role TEXT NOT NULL,
  actor_facility TEXT NOT NULL,
  counterparty TEXT,
  from_shipment TEXT,
  to_shipment TEXT,
  target_revision INTEGER,
  reversed_by INTEGER,
  details TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX custody_entry_by_account ON custody_entry (account, revision);
CREATE INDEX custody_entry_custodian ON custody_entry (account, revision)
  WHERE type = 'CustodianChanged'`,
  },
  // What those entries move, range by range; see serial-bins.ts.
  {
    name: 'custody_range',
    key: 'bin, position, part',
    ddl: `CREATE TABLE custody_range (
  bin INTEGER NOT NULL,
  position INTEGER NOT NULL,
  part INTEGER NOT NULL,
  first INTEGER NOT NULL,
  last INTEGER NOT NULL,
  from_place INTEGER NOT NULL,
  to_place INTEGER NOT NULL,
  PRIMARY KEY (bin, position, part)
) STRICT, WITHOUT ROWID;
CREATE INDEX custody_range_by_position ON custody_range (position, part)`,
  },
  // The issuances, packed; see issuance-record.ts.
  {
    name: 'custody_issuance',
    key: 'block',
    ddl: `CREATE TABLE custody_issuance (
  block INTEGER PRIMARY KEY,
  records BLOB NOT NULL
) STRICT`,
  },
  // Small numbers of the batches, and of the accounts and officers that issue, in the order of coming.
  {
    name: 'custody_name',
    key: 'kind, text',
    ddl: `CREATE TABLE custody_name (
  kind TEXT NOT NULL,
  text TEXT NOT NULL,
  number INTEGER NOT NULL,
  PRIMARY KEY (kind, text)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX custody_name_by_number ON custody_name (kind, number)`,
  },
  // When an entry happened after all, issuance or not: the last correction of each.
  {
    name: 'custody_correction',
    key: 'account, revision',
    ddl: `CREATE TABLE custody_correction (
  account TEXT NOT NULL,
  revision INTEGER NOT NULL,
  occurred_value TEXT NOT NULL,
  occurred_precision TEXT NOT NULL,
  occurred_zone TEXT NOT NULL,
  position INTEGER NOT NULL,
  PRIMARY KEY (account, revision)
) STRICT, WITHOUT ROWID`,
  },
];
