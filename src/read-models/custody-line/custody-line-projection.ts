import type { Projection } from '../projection.js';
import { recordGaps } from '../missing/gap-rows.js';
import { GAP_TABLE } from '../missing/gap-table.js';
import { numberNames } from './custody-names.js';
import { CUSTODY_LINE_PROJECTION, CUSTODY_TABLES } from './custody-tables.js';
import { addEntries, addRanges, batchesSeen, entriesOf } from './entry-rows.js';
import { addIssuances } from './issuance-blocks.js';

/**
 * Where every serial has been: each entry that moved it, found by its number; and what is missing, which
 * follows from that.
 */
export const custodyLineProjection: Projection = {
  name: CUSTODY_LINE_PROJECTION,
  version: 2,
  tables: [...CUSTODY_TABLES, GAP_TABLE],
  apply: (segment, database) => {
    const { issuances } = segment;
    const entries = entriesOf(segment);
    const names = numberNames(database, issuances, batchesSeen(entries));
    addEntries(database, entries);
    addRanges(database, entries, names.batchNumbers);
    addIssuances(database, issuances, names);
    recordGaps(database, entries);
  },
};
