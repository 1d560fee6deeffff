import type { ProjectionTable } from '../projection.js';

/** By what serials came to be missing. */
export const GAP_KINDS = [
  'lost',
  'stolen',
  'unaccounted',
  'short_on_receipt',
  'short_in_count',
] as const;
export type GapKind = (typeof GAP_KINDS)[number];

/** What ended it. */
export const CLOSINGS = ['found', 'never_missing', 'reversed'] as const;
export type Closing = (typeof CLOSINGS)[number];

/**
 * Runs of serials that one entry made missing and that had one story until then. A part that is recovered is
 * cut off, and closed by itself.
 */
export const GAP_TABLE: ProjectionTable = {
  name: 'missing_gap',
  key: 'batch, first, position',
  ddl: `CREATE TABLE missing_gap (
  batch TEXT NOT NULL,
  first INTEGER NOT NULL,
  position INTEGER NOT NULL,
  last INTEGER NOT NULL,
  blanks INTEGER NOT NULL,
  account TEXT NOT NULL,
  state TEXT NOT NULL,
  kind TEXT NOT NULL,
  since INTEGER NOT NULL,
  shipment TEXT,
  custodian TEXT,
  sent_position INTEGER,
  received_position INTEGER,
  closed_how TEXT,
  closed_position INTEGER,
  PRIMARY KEY (batch, first, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX missing_gap_open ON missing_gap (batch, last) WHERE closed_how IS NULL;
CREATE INDEX missing_gap_by_entry ON missing_gap (position);
CREATE INDEX missing_gap_by_handover ON missing_gap (received_position)`,
};
