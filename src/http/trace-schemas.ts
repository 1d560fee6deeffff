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
        ...WHEREABOUTS,
        type: TEXT,
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
