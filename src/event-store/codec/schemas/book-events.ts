import {
  REVERSIBLE_TYPES,
  type CountScope,
  type CustodyEventData,
} from '../../../custody/account/events.js';
import {
  approval,
  batchCode,
  entryOf,
  eventId,
  HELD_STATES,
  occurredAt,
  posting,
  revision,
  serialSet,
  splitByState,
} from './common.js';
import { firstVersion } from './definition.js';
import { described, integer, listOf, nullable, objectOf, oneOf, text } from './shape.js';

export const BOOK_EVENTS = {
  StockCounted: firstVersion(
    'Stock was counted against the books as of a revision; what is short becomes missing.',
    entryOf<CustodyEventData<'StockCounted'>>({
      bookRevision: revision,
      scope: objectOf<CountScope>({
        states: listOf(oneOf(HELD_STATES), { most: HELD_STATES.length }),
        batches: described(nullable(listOf(batchCode)), 'Null: all batches.'),
      }),
      seenUsable: serialSet,
      seenInvalid: serialSet,
      short: described(splitByState, 'Becomes missing, by the state it has now.'),
      surplus: serialSet,
      misclassified: serialSet,
      moved: described(serialSet, 'Left or entered the counted part since `bookRevision`.'),
    }),
  ),
  CustodianChanged: firstVersion(
    'Custody passes from one officer to another, with the count both signed.',
    entryOf<CustodyEventData<'CustodianChanged'>>({
      from: described(nullable(text(1)), 'Null for the first custodian of the account.'),
      to: text(1),
      countEventId: eventId,
    }),
  ),
  EntryReversed: firstVersion(
    'Undoes an entry made in error.',
    entryOf<CustodyEventData<'EntryReversed'>>({
      eventId,
      revision,
      entryType: oneOf(REVERSIBLE_TYPES),
      postings: described(listOf(posting), 'Those of the entry, backwards.'),
      unnumbered: described(
        integer(0),
        'Cards without a number that the entry had destroyed and that are held again.',
      ),
      reason: text(),
      approval,
    }),
  ),
  OccurrenceCorrected: firstVersion(
    'Replaces the stated time of an entry.',
    entryOf<CustodyEventData<'OccurrenceCorrected'>>({
      eventId,
      revision,
      correctedTo: described(occurredAt, 'When the entry happened, as corrected.'),
      reason: text(),
    }),
  ),
};
