import type { AccountId, ShipmentId } from '../../../custody/account/account-id.js';
import type {
  Approval,
  DocumentReference,
  EntryFields,
  Officer,
  PackageJson,
  Place,
  PostingJson,
  SplitByState,
} from '../../../custody/account/events.js';
import type { FacilityId } from '../../../custody/facilities/facility-code.js';
import { PRECISIONS, ZONES, type OccurredAt, type Zone } from '../../../custody/occurrence.js';
import { MAX_SERIAL_NUMBER } from '../../../custody/serials/serial-number.js';
import type { SerialSetJson } from '../../../custody/serials/serial-set.js';
import type { JsonObject } from '../../event-store.js';
import {
  described,
  type Fields,
  integer,
  listOf,
  objectOf,
  oneOf,
  pairOf,
  ruled,
  type Shape,
  taggedBy,
  text,
  textOf,
} from './shape.js';

/** `$id` of the document that holds the definitions below. */
export const COMMON_ID = 'common.json';
/** Keyword: a serial set is in its one normal form. */
export const NORMAL_FORM_KEYWORD = 'isSerialSetNormalForm';
/** Keyword: value, precision and zone form a real time. */
export const OCCURRENCE_KEYWORD = 'isOccurredAt';

const FACILITY =
  '[0-9]{2}(?:\\.[0-9]{2}(?:\\.[0-9]{2}(?:\\.[0-9]{4})?)?)?(?:~(?:[2-9]|[1-9][0-9]{1,3}))?';
const ACCOUNT = `(?:[BE]\\.[0-9A-Z-]{1,16}|${FACILITY})`;

export const HELD_STATES = ['usable', 'invalid'] as const;
const BATCH = /^[0-9A-Z-]{1,16}$/;

const serialNumber = integer(1, MAX_SERIAL_NUMBER);
const definitions: Record<string, JsonObject> = {};

/** Files a shape under a name, so that schemas refer to it instead of repeating it. */
function define<T>(name: string, shape: Shape<T>, meaning: string): Shape<T> {
  definitions[name] = described(shape, meaning).json;
  return { json: { $ref: `${COMMON_ID}#/$defs/${name}` } };
}

export const batchCode = define('batchCode', textOf(BATCH), 'One production run, e.g. `2017-A`.');
export const facilityId = define(
  'facilityId',
  textOf<FacilityId>(new RegExp(`^${FACILITY}$`)),
  'The permanent name of a facility, e.g. `31.71.01.1001`.',
);
export const accountId = define(
  'accountId',
  textOf<AccountId>(new RegExp(`^${ACCOUNT}$`)),
  'A custody account: a facility, `B.` and a batch, or `E.` and an evidence case.',
);
export const shipmentId = define(
  'shipmentId',
  textOf<ShipmentId>(new RegExp(`^${ACCOUNT}-[0-9]{6,9}$`)),
  'Consignor and its running number, e.g. `31.71-000042`.',
);
export const findingCode = define(
  'findingId',
  textOf(/^[0-9A-Z][0-9A-Z-]{0,31}$/),
  'The code of a finding.',
);
export const serial = define(
  'serial',
  textOf(/^[0-9A-Z-]{1,16}\/[0-9]{9}$/),
  'One blank or card, as printed: batch and nine digits, e.g. `2017-A/004512345`.',
);
export const chipUid = define(
  'chipUid',
  textOf(/^[0-9A-F]{8,32}$/),
  'The number of a chip as read from it, upper-case hex.',
);
export const sha256 = define('sha256', textOf(/^[0-9a-f]{64}$/), 'SHA-256, lower-case hex.');
export const eventId = define(
  'eventId',
  textOf(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/),
  'The UUID of an event, lower case.',
);
export const revision = define(
  'revision',
  textOf(/^(?:0|[1-9][0-9]{0,18})$/),
  'A revision of a stream, from 0, as a decimal string.',
);
export const date = define(
  'date',
  textOf(/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/, 'date'),
  'A day of the calendar, `YYYY-MM-DD`.',
);
export const instant = define(
  'instant',
  textOf(/^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?Z$/, 'date-time'),
  'An instant, ISO 8601 in UTC.',
);

export const serialSet = define(
  'serialSet',
  ruled(
    listOf(
      objectOf<SerialSetJson[number]>({
        batch: batchCode,
        ranges: listOf(pairOf(serialNumber), { least: 1 }),
      }),
    ),
    NORMAL_FORM_KEYWORD,
  ),
  'Serial numbers in the one normal form: batches in code unit order; ranges `[first, last]`, ' +
    'inclusive, ascending and never touching.',
);
export const splitByState = define(
  'splitByState',
  objectOf<SplitByState>({ usable: serialSet, invalid: serialSet }),
  'Serial numbers by the state they had before the event.',
);
export const occurredAt = define(
  'occurredAt',
  ruled(
    objectOf<OccurredAt>({
      value: textOf(/^[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9]{2}:[0-9]{2}(?::[0-9]{2})?)?$/),
      precision: oneOf(PRECISIONS),
      zone: oneOf(Object.keys(ZONES) as Zone[]),
    }),
    OCCURRENCE_KEYWORD,
  ),
  'When it happened, as the officer states it: local time in the zone, to the stated precision.',
);
export const officer = define(
  'officer',
  objectOf<Officer>({ id: text(1), role: text(1), facilityId: text(1) }),
  'A person acting in office; never a resident.',
);
export const approval = define(
  'approval',
  objectOf<Approval>({ by: officer, at: instant, contentHash: sha256 }),
  'A second person’s approval, bound to the hash of what was approved.',
);
const documentReference = define(
  'documentReference',
  objectOf<DocumentReference>({ kind: text(), number: text(), sha256 }),
  'A paper, named by its kind, its number and the hash of its scan.',
);
export const packageShape = define(
  'package',
  objectOf<PackageJson>({
    label: text(),
    kind: text(),
    seal: text(),
    usable: serialSet,
    invalid: serialSet,
  }),
  'One carton, bag or envelope of a shipment.',
);
const place = define(
  'place',
  taggedBy<
    [
      Extract<Place, { place: 'unproduced' }>,
      Exclude<Place, { place: 'unproduced' | 'transit' }>,
      Extract<Place, { place: 'transit' }>,
    ]
  >(
    'place',
    objectOf({ place: oneOf(['unproduced']) }),
    objectOf({ place: oneOf(['usable', 'invalid', 'issued', 'missing', 'destroyed']) }),
    objectOf({ place: oneOf(['transit']), shipmentId, state: oneOf(HELD_STATES) }),
  ),
  'Where serial numbers are in the books, seen from one account’s stream.',
);
export const posting = define(
  'posting',
  objectOf<PostingJson>({ from: place, to: place, serials: serialSet }),
  'Serial numbers moved from one place in the books to another.',
);

/** The definitions that every schema refers to. */
export const COMMON_DEFINITIONS: Readonly<Record<string, JsonObject>> = definitions;

const papers = {
  documents: listOf(documentReference),
  note: described(text(), 'Free text of the officer; no personal data.'),
};

/** The data of an entry: its own fields, and what every entry says besides. */
export function entryOf<T extends EntryFields>(
  fields: Fields<Omit<T, keyof EntryFields>>,
): Shape<T> {
  // The compiler cannot see that the parts of a generic type make up the whole.
  return objectOf<T>({ occurredAt, ...papers, ...fields } as unknown as Fields<T>);
}

/** The data of an entry of the facility register: its own fields, its papers and a note. */
export function registerEntryOf<T extends Pick<EntryFields, 'documents' | 'note'>>(
  fields: Fields<Omit<T, 'documents' | 'note'>>,
): Shape<T> {
  return objectOf<T>({ ...papers, ...fields } as unknown as Fields<T>);
}
