import { FINDING_RESOLUTIONS } from '../custody/finding/finding.js';
import { BELIEFS } from '../read-models/findings/finding-matches.js';
import { CLOSINGS, GAP_KINDS } from '../read-models/missing/gap-table.js';
import { PLACES } from '../read-models/custody-line/places.js';
import { SHIPMENT_STATES } from '../read-models/shipments/shipment-answer.js';
import { DECIMAL } from './open-api-schemas.js';
import {
  COUNT,
  FLAG,
  INSTANT,
  LEVEL,
  list,
  object,
  OCCURRED_AT,
  OFFICER,
  orNull,
  page,
  POSITION,
  ref,
  said,
  TEXT,
} from './schema-parts.js';

const PLACE = {
  type: 'string',
  enum: [...PLACES],
  description: 'On the way: `transit_usable` or `transit_invalid`.',
};
const ROUTE = { shipmentId: TEXT, consignor: TEXT, consignee: TEXT };
const WHEREABOUTS = {
  place: PLACE,
  account: said(orNull(TEXT), 'Who answers for it; null on the way: then the shipment does.'),
  shipment: orNull(object(ROUTE)),
};
const OCCURRED = said(
  orNull(INSTANT),
  'When it took effect, as far as is known now; null for what was reversed, and for reversals.',
);
const MOMENT = { recorded: INSTANT, occurred: OCCURRED };
const SPAN = object({ first: INSTANT, last: INSTANT });
const FLAGS = {
  isReversed: said(FLAG, 'Undone by a later entry.'),
  isReversal: said(FLAG, 'Undid an earlier entry.'),
  isMoved: said(FLAG, 'Stated to have happened before it can have.'),
};
const CONTENTS = { usable: ref('Serials'), invalid: ref('Serials') };
const PACKAGE = object({
  label: TEXT,
  kind: TEXT,
  seal: TEXT,
  ...CONTENTS,
  isSealIntact: said(orNull(FLAG), 'As the consignee found it; null where nothing was said.'),
});
const SIDES = object({
  ...ROUTE,
  sentBy: OFFICER,
  sent: object(MOMENT),
  receivedBy: OFFICER,
  received: object(MOMENT),
});
const BATCH_COUNTS = {
  blanks: said(COUNT, 'What it answers for: all of the counts but what is on its way from it.'),
  usable: COUNT,
  invalid: COUNT,
  issued: COUNT,
  missing: COUNT,
  destroyed: COUNT,
  inTransitIn: COUNT,
  inTransitOut: COUNT,
};
const SERIALS = { usableSerials: ref('Serials'), invalidSerials: ref('Serials') };

const TRACE_ENTRY = object({
  type: TEXT,
  eventId: TEXT,
  account: TEXT,
  revision: DECIMAL,
  position: DECIMAL,
  recordedAt: INSTANT,
  occurredAt: OCCURRED_AT,
  correctedTo: orNull(OCCURRED_AT),
  actor: OFFICER,
  details: { type: 'object', description: 'What else it says, by its type.' },
});

const GAP_SIDE = object({
  account: TEXT,
  officer: OFFICER,
  eventId: TEXT,
  position: DECIMAL,
  recordedAt: INSTANT,
  occurredAt: OCCURRED_AT,
});
const GAP = {
  gapId: TEXT,
  serials: said(TEXT, '`2017-A/491..500`'),
  blanks: COUNT,
  account: TEXT,
  state: { type: 'string', enum: ['usable', 'invalid'], description: 'What they were.' },
  kind: { type: 'string', enum: [...GAP_KINDS] },
  policeReport: orNull(TEXT),
  shipmentId: said(orNull(TEXT), 'They never arrived: the shipment they were in.'),
  custodian: said(orNull(TEXT), 'Who answered for the account then.'),
  since: INSTANT,
  occurredAt: OCCURRED_AT,
  entry: ref('TraceEntry'),
  lastHandover: said(
    orNull(object({ shipmentId: TEXT, sent: GAP_SIDE, received: GAP_SIDE })),
    'The last that both sides signed before.',
  ),
  closed: orNull(
    object({ how: { type: 'string', enum: [...CLOSINGS] }, entry: ref('TraceEntry') }),
  ),
};
const FINDING = {
  findingId: TEXT,
  place: TEXT,
  serials: ref('Serials'),
  chipUids: list(TEXT),
  illegibleCount: said(COUNT, 'Cards without a legible serial.'),
  photos: list(TEXT),
  occurredAt: OCCURRED_AT,
  recordedAt: INSTANT,
  eventId: TEXT,
  recordedBy: OFFICER,
  resolution: orNull(
    object({
      how: { type: 'string', enum: [...FINDING_RESOLUTIONS] },
      eventIds: list(TEXT),
      eventId: TEXT,
      recordedAt: INSTANT,
      occurredAt: OCCURRED_AT,
      actor: OFFICER,
    }),
  ),
};
const MATCH = object({
  believed: { type: 'string', enum: [...BELIEFS] },
  resolution: {
    ...orNull({ type: 'string', enum: [...FINDING_RESOLUTIONS] }),
    description: 'How the books would be put right.',
  },
  isAlarm: said(FLAG, 'The books say that such a card can be nowhere.'),
  gaps: said(list(TEXT), 'Gaps that they fill, at most 100.'),
  group: ref('StoryGroup'),
});

/** Where serials have been. */
export const TRACE_SCHEMAS = {
  TraceEntry: TRACE_ENTRY,
  Handover: object({
    ...ROUTE,
    state: { type: 'string', enum: [...SHIPMENT_STATES] },
    basis: orNull(TEXT),
    paperNumber: orNull(TEXT),
    expectedBy: orNull(INSTANT),
    blanks: said(COUNT, 'Of the whole shipment.'),
    sent: ref('TraceEntry'),
    settled: said(orNull(TRACE_ENTRY), 'What became of it; null while it is on the way.'),
    outcome: said(orNull(TEXT), 'usable, invalid, missing or sent_back; null while on the way.'),
    isTwoSided: said(FLAG, 'It arrived, and both sides signed.'),
    package: orNull(PACKAGE),
  }),
  SerialTrace: object({
    serial: TEXT,
    batch: orNull(
      object({
        batch: TEXT,
        contract: orNull(TEXT),
        vendor: TEXT,
        signedOn: { type: 'string', format: 'date' },
        serialMax: COUNT,
      }),
    ),
    isProduced: FLAG,
    now: orNull(object(WHEREABOUTS)),
    lastHolder: said(orNull(TEXT), 'The account that last had it in hand.'),
    line: list(
      object({
        ...WHEREABOUTS,
        from: object(MOMENT),
        until: orNull(object(MOMENT)),
        entry: ref('TraceEntry'),
        ...FLAGS,
      }),
    ),
    handovers: list(ref('Handover')),
    position: POSITION,
  }),
  StoryGroup: object({
    serials: ref('Serials'),
    now: orNull(object(WHEREABOUTS)),
    lastHolder: orNull(TEXT),
    lastShipment: orNull(TEXT),
    lastHandover: said(orNull(SIDES), 'The last that both sides signed.'),
    steps: list(
      object({
        type: TEXT,
        place: PLACE,
        account: orNull(TEXT),
        shipmentId: orNull(TEXT),
        entries: said(COUNT, 'That moved them: one, or one for each.'),
        recorded: SPAN,
        occurred: orNull(SPAN),
        ...FLAGS,
        position: said(orNull(DECIMAL), 'Of the entry, where it is one: see `entries`.'),
      }),
    ),
  }),
  SerialsTrace: object({
    groups: said(list(ref('StoryGroup')), 'Serials with one story together, at most 1,000.'),
    entries: list(ref('TraceEntry')),
    notFound: ref('Serials'),
    notTraced: ref('Serials'),
    position: POSITION,
  }),
  Gap: object(GAP),
  GapPage: object({
    ...page(ref('Gap')).properties,
    totals: said(object({ gaps: COUNT, blanks: COUNT }), 'Of all pages.'),
  }),
  GapDetails: object({
    ...GAP,
    groups: list(ref('StoryGroup')),
    entries: list(ref('TraceEntry')),
    sameEntry: list(ref('Gap')),
    sameHandover: list(ref('Gap')),
    position: POSITION,
  }),
  FindingSummary: object(FINDING),
  FindingPage: page(ref('FindingSummary')),
  Finding: object({
    ...FINDING,
    matches: said(list(MATCH), 'What the books say of them now, those with one story together.'),
    entries: list(ref('TraceEntry')),
    offices: list(
      object({
        account: TEXT,
        custodian: orNull(TEXT),
        usable: COUNT,
        invalid: COUNT,
        missing: COUNT,
        invalidSerials: ref('Serials'),
      }),
    ),
    neverProduced: ref('Serials'),
    outsideRegion: ref('Serials'),
    notMatched: ref('Serials'),
    position: POSITION,
  }),
  BatchTreeNode: object({
    facilityId: TEXT,
    code: TEXT,
    name: TEXT,
    level: LEVEL,
    ...BATCH_COUNTS,
    children: list(ref('BatchTreeNode')),
    isCut: said(FLAG, 'Whether there is more below.'),
  }),
  BatchTree: object({
    batch: TEXT,
    tree: ref('BatchTreeNode'),
    accounts: list(
      object({ account: TEXT, ...BATCH_COUNTS, ...SERIALS, missingSerials: ref('Serials') }),
    ),
    onTheWay: object({
      shipments: list(object({ ...ROUTE, expectedBy: orNull(INSTANT), blanks: COUNT, ...SERIALS })),
      isCut: FLAG,
    }),
    position: POSITION,
  }),
};
