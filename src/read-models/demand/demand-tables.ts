import type { ProjectionTable } from '../projection.js';

export const DEMAND_PROJECTION = 'demand';

export const DEMAND_TABLES: readonly ProjectionTable[] = [
  // Every report, reason by reason: so many residents waited at the end of a day.
  {
    name: 'demand_stated',
    key: 'facility, reason, as_of, position',
    ddl: `CREATE TABLE demand_stated (
  facility TEXT NOT NULL,
  reason TEXT NOT NULL,
  as_of TEXT NOT NULL,
  position INTEGER NOT NULL,
  waiting INTEGER NOT NULL,
  deadline TEXT,
  recorded_at TEXT NOT NULL,
  event_id TEXT NOT NULL,
  PRIMARY KEY (facility, reason, as_of, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX demand_stated_by_position ON demand_stated (facility, position)`,
  },
  // Of these the one that counts: as of the latest day, and of one day the one recorded last.
  {
    name: 'demand_latest',
    key: 'facility, reason',
    ddl: `CREATE TABLE demand_latest (
  facility TEXT NOT NULL,
  reason TEXT NOT NULL,
  as_of TEXT NOT NULL,
  position INTEGER NOT NULL,
  waiting INTEGER NOT NULL,
  deadline TEXT,
  PRIMARY KEY (facility, reason)
) STRICT, WITHOUT ROWID`,
  },
  // Blanks issued on a day, as stated and corrected; not those whose issuance was reversed.
  {
    name: 'demand_issued',
    key: 'account, day, reason',
    ddl: `CREATE TABLE demand_issued (
  account TEXT NOT NULL,
  day TEXT NOT NULL,
  reason TEXT NOT NULL,
  blanks INTEGER NOT NULL,
  PRIMARY KEY (account, day, reason)
) STRICT, WITHOUT ROWID;
CREATE INDEX demand_issued_by_day ON demand_issued (day, account, blanks)`,
  },
  // Which reason and day an issuance stated, for whoever reverses or corrects it: entries of one account
  // that follow each other, as long as both are the same.
  {
    name: 'demand_run',
    key: 'account, first_revision',
    ddl: `CREATE TABLE demand_run (
  account TEXT NOT NULL,
  first_revision INTEGER NOT NULL,
  last_revision INTEGER NOT NULL,
  reason TEXT NOT NULL,
  day TEXT NOT NULL,
  PRIMARY KEY (account, first_revision)
) STRICT, WITHOUT ROWID`,
  },
  // The day of an issuance whose time was corrected.
  {
    name: 'demand_corrected',
    key: 'account, revision',
    ddl: `CREATE TABLE demand_corrected (
  account TEXT NOT NULL,
  revision INTEGER NOT NULL,
  day TEXT NOT NULL,
  PRIMARY KEY (account, revision)
) STRICT, WITHOUT ROWID`,
  },
];
