import {
  FINDING_RESOLUTIONS,
  MAX_ILLEGIBLE,
  type FindingEvent,
  type FindingId,
} from '../../../custody/finding/finding.js';
import { chipUid, entryOf, eventId, findingCode, serialSet, sha256 } from './common.js';
import { firstVersion } from './definition.js';
import { described, integer, listOf, oneOf, type Shape, text } from './shape.js';

type DataOf<T extends FindingEvent['type']> = Extract<FindingEvent, { type: T }>['data'];

/** Findings brand their code; cards refer to it as text. */
const findingId: Shape<FindingId> = { json: findingCode.json };

export const FINDING_EVENTS = {
  FindingRecorded: firstVersion(
    'Cards turned up outside any manifest; they enter no books by it.',
    entryOf<DataOf<'FindingRecorded'>>({
      findingId,
      place: text(),
      serials: serialSet,
      chipUids: listOf(chipUid),
      illegibleCount: integer(0, MAX_ILLEGIBLE),
      photos: described(listOf(sha256), 'The hash of each photo.'),
    }),
  ),
  FindingResolved: firstVersion(
    'The finding is resolved by the books.',
    entryOf<DataOf<'FindingResolved'>>({
      findingId,
      how: oneOf(FINDING_RESOLUTIONS),
      eventIds: described(listOf(eventId), 'The entries that carried the resolution out.'),
    }),
  ),
};
