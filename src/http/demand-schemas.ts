import { ISSUANCE_REASONS } from '../custody/account/events.js';
import { ALLOCATION_REASONS } from '../custody/demand/allocation-reason.js';
import { COUNT, LEVEL, list, object, orNull, POSITION, ref, said, TEXT } from './schema-parts.js';

const DAY = { type: 'string', format: 'date' };
const RATE = { type: 'number', minimum: 0 };
const REASON = { type: 'string', enum: [...ISSUANCE_REASONS] };
const BY_REASON = list(object({ reason: REASON, residents: COUNT }));
const TODAY = said(DAY, 'The last day that counts.');

const FIGURES = {
  waiting: said(COUNT, 'As last reported, less those served since.'),
  byReason: BY_REASON,
  byDeadline: list(object({ deadline: orNull(DAY), residents: COUNT })),
  nextDeadline: said(orNull(DAY), 'The nearest that is not over.'),
  asOf: said(orNull(DAY), 'The day of the oldest report these figures rest on.'),
  usable: COUNT,
  coming: said(COUNT, 'Usable blanks on their way there.'),
  uncovered: said(COUNT, 'Of those who wait, for how many there is neither.'),
  issued: said(COUNT, 'In the last 30 days.'),
  issuedPerDay: RATE,
  newPerDay: said(orNull(RATE), 'Who came to wait a day, between reports a week apart or more.'),
  daysOfCover: said(orNull(RATE), 'For which the usable blanks last, at the rate of issue.'),
  daysToServe: said(orNull(RATE), 'Until all who wait are served, at the rate of issue.'),
};
const ROW = { facilityId: TEXT, code: TEXT, name: TEXT, ...FIGURES };

const STAGE = object({
  kind: { type: 'string', enum: ['deadline', 'waiting', 'cover'] },
  deadline: orNull(DAY),
  residents: said(COUNT, 'Who is to have a blank by the end of the stage.'),
  uncoveredBefore: said(COUNT, 'Of these, for whom there was none.'),
  uncoveredAfter: said(COUNT, 'For whom there is none with what is proposed.'),
  cartons: said(COUNT, 'Given in the stage.'),
});
const DAYS_OF_COVER = object({ before: orNull(RATE), after: orNull(RATE) });
const AREA = object({
  facilityId: TEXT,
  code: TEXT,
  name: TEXT,
  cartons: COUNT,
  blanks: COUNT,
  supply: said(COUNT, 'Usable blanks in hand or on their way there.'),
  waiting: COUNT,
  newPerDay: said(RATE, 'As reports tell, or else the rate of issue.'),
  daysOfCover: DAYS_OF_COVER,
  stages: list(STAGE),
  reason: object({
    code: { type: 'string', enum: [...ALLOCATION_REASONS] },
    facts: { type: 'object', description: 'What the sentence says, by name.' },
    sentence: said(TEXT, 'In English.'),
  }),
});

/** Shapes of answers about who waits, and of what is proposed for them. */
export const DEMAND_SCHEMAS = {
  DemandPage: object({
    items: list(object(ROW)),
    next: said(orNull(TEXT), 'Give it as `cursor` for the page that follows; null at the end.'),
    today: TODAY,
    position: POSITION,
  }),
  FacilityDemand: object({
    ...ROW,
    level: LEVEL,
    reports: list(ref('DemandReport')),
    today: TODAY,
    position: POSITION,
  }),
  DemandReport: object({
    asOf: DAY,
    deadline: orNull(DAY),
    byReason: BY_REASON,
    recordedAt: TEXT,
    eventId: TEXT,
  }),
  AllocationProposal: object({
    consignor: TEXT,
    asked: said(COUNT, 'What there was to give.'),
    usable: said(COUNT, 'What the consignor itself holds: it may be less.'),
    carton: COUNT,
    deadline: said(orNull(DAY), 'Later ones do not go first.'),
    coverDays: COUNT,
    cartons: said(COUNT, 'Proposed, of all areas.'),
    blanks: said(COUNT, 'The same in blanks: never more than there was to give.'),
    left: said(COUNT, 'What stays with the consignor.'),
    stages: said(list(STAGE), 'In order, summed over the areas.'),
    unplaced: said(COUNT, 'Residents in no report of an area: nothing is proposed for them.'),
    areas: list(AREA),
    today: TODAY,
    position: POSITION,
  }),
} as const;
