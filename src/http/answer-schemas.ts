import { SHIPMENT_STATES } from '../read-models/shipments/shipment-answer.js';
import { COUNT_NAMES } from '../read-models/stock/stock-counts.js';
import { DEMAND_SCHEMAS } from './demand-schemas.js';
import { AS_OF, HISTORY_SCHEMAS } from './history-schemas.js';
import { DECIMAL, PROBLEM_SCHEMA, WRITE_ANSWER_SCHEMA } from './open-api-schemas.js';
import { TRACE_SCHEMAS } from './trace-schemas.js';
import { TRANSIT_SCHEMAS } from './transit-schemas.js';
import { WEBHOOK_SCHEMAS } from './webhook-schemas.js';
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
  pageWith,
  POSITION,
  ref,
  said,
  TEXT,
  withOptional,
} from './schema-parts.js';

const LAST_MOVEMENT = orNull(object({ recordedAt: INSTANT, eventId: TEXT }));
const COUNTS = Object.fromEntries(COUNT_NAMES.map((name) => [name, COUNT]));
const SUMMARY = {
  shipmentId: TEXT,
  consignor: TEXT,
  consignee: TEXT,
  state: { type: 'string', enum: [...SHIPMENT_STATES] },
  origin: { type: 'string', enum: ['dispatch', 'refusal', 'surrender'] },
  basis: said(orNull(TEXT), 'Null for refusals and surrenders.'),
  expectedBy: orNull(INSTANT),
  recordedAt: INSTANT,
  occurredAt: OCCURRED_AT,
  eventId: TEXT,
  paperNumber: orNull(TEXT),
  blanks: said(COUNT, 'On the manifest.'),
  openBlanks: said(COUNT, 'Of these, still in transit.'),
  missingBlanks: said(COUNT, 'Of these, told missing.'),
  unexpectedBlanks: said(COUNT, 'Found in it though the manifest does not name them.'),
  closedAt: said(orNull(INSTANT), 'When nothing of it was in transit any more; null before.'),
};
const SHIPMENT_ENTRY = {
  type: TEXT,
  eventId: TEXT,
  account: TEXT,
  revision: DECIMAL,
  position: DECIMAL,
  recordedAt: INSTANT,
  blanks: { type: 'integer', description: 'Taken out of transit; negative: given back.' },
};
const SPLIT = { usable: ref('Serials'), invalid: ref('Serials') };
const FACILITY = {
  facilityId: said(TEXT, 'Permanent, whatever becomes of the code.'),
  code: TEXT,
  name: TEXT,
  level: LEVEL,
  parent: orNull(TEXT),
  isOpen: FLAG,
  path: said(TEXT, 'The names from the facility up to its province.'),
};
const METADATA = {
  schema: COUNT,
  actor: OFFICER,
  commandId: TEXT,
  commandHash: TEXT,
  recordedAt: INSTANT,
  grantId: orNull(TEXT),
  accessRevision: orNull(TEXT),
  onBehalfOf: orNull(TEXT),
  capture: orNull(object({ device: TEXT, capturedAt: INSTANT })),
  correlationId: TEXT,
  causationId: orNull(TEXT),
};
const BOOKS = {
  produced: COUNT,
  usable: COUNT,
  invalid: COUNT,
  inTransit: COUNT,
  issued: COUNT,
  destroyed: COUNT,
  missing: COUNT,
  balance: {
    type: 'integer',
    description: 'Produced less all the others: 0 in books that close.',
  },
};
const HALT = object({
  position: orNull(TEXT),
  stream: orNull(TEXT),
  revision: orNull(TEXT),
  reason: TEXT,
});
const PROJECTION = {
  name: TEXT,
  position: orNull(DECIMAL),
  isCaughtUp: FLAG,
  haltedBy: orNull(HALT),
  lagEvents: said(orNull(COUNT), 'Null where the event store cannot count them.'),
  lagMs: said(
    orNull(COUNT),
    'For how long something has waited for it; null until it holds what the log held at the first look.',
  ),
};
const SHARE = object({ projection: TEXT, seconds: { type: 'number' } });
const REBUILD = {
  state: { type: 'string', enum: ['running', 'done', 'failed'] },
  startedAt: INSTANT,
  finishedAt: orNull(INSTANT),
  events: said(orNull(COUNT), 'Read of the log so far.'),
  ofEvents: orNull(COUNT),
  rowsCompared: said(orNull(COUNT), 'Of the old rows, at one moment, against the new.'),
  differences: orNull(
    list(object({ projection: TEXT, table: TEXT, expected: orNull(TEXT), actual: orNull(TEXT) })),
  ),
  shares: said(orNull(list(SHARE)), 'For how long each projection worked.'),
  reason: said(orNull(TEXT), 'Why it failed: the old rows serve on.'),
};

/** Every shape the interface answers with, by its name in the documentation. */
export const ANSWER_SCHEMAS = {
  Problem: PROBLEM_SCHEMA,
  WriteAnswer: WRITE_ANSWER_SCHEMA,
  Serials: object({
    count: COUNT,
    ranges: said(list(TEXT), '`2017-A/1..250000`, in order, the first 1,000.'),
    truncated: said(FLAG, 'Whether there are more ranges than are shown.'),
  }),
  Stock: withOptional(
    { ...COUNTS, byBatch: list(object({ batch: TEXT, ...COUNTS })) },
    { lastMovement: said(LAST_MOVEMENT, 'Of the stock now; null where nothing ever moved.') },
  ),
  FacilityStock: object({
    facilityId: TEXT,
    code: TEXT,
    name: TEXT,
    level: LEVEL,
    own: ref('Stock'),
    total: ref('Stock'),
    asOf: orNull(object(AS_OF)),
    position: POSITION,
  }),
  StockPage: pageWith(object({ facilityId: TEXT, code: TEXT, name: TEXT, total: ref('Stock') }), {
    asOf: orNull(object(AS_OF)),
  }),
  Batch: object({
    batch: TEXT,
    contract: said(orNull(TEXT), 'Null for a legacy batch.'),
    vendor: TEXT,
    signedOn: { type: 'string', format: 'date' },
    quantityContracted: COUNT,
    serialMax: COUNT,
    cardOrigin: TEXT,
    chipOrigin: TEXT,
    produced: COUNT,
    deliveries: COUNT,
    closed: FLAG,
    shortage: orNull(COUNT),
    closingReason: orNull(TEXT),
    books: object(BOOKS),
    position: POSITION,
  }),
  ShipmentSummary: object(SUMMARY),
  ShipmentPage: page(ref('ShipmentSummary')),
  Shipment: object({
    ...SUMMARY,
    carrier: orNull(TEXT),
    vehicle: orNull(TEXT),
    packages: list(object({ label: TEXT, kind: TEXT, seal: TEXT, ...SPLIT })),
    open: said(object(SPLIT), 'Still in transit.'),
    entries: list(object(SHIPMENT_ENTRY)),
    unexpected: list(ref('UnexpectedFound')),
    position: POSITION,
  }),
  ...DEMAND_SCHEMAS,
  ...TRANSIT_SCHEMAS,
  Account: object({
    account: TEXT,
    kind: { type: 'string', enum: ['facility', 'batch', 'evidence'] },
    ...SPLIT,
    missing: ref('Serials'),
    issuedCount: COUNT,
    destroyedCount: COUNT,
    unnumbered: COUNT,
    custodian: orNull(TEXT),
    revision: said(orNull(DECIMAL), 'Of its last event; what a stock count names.'),
    position: orNull(DECIMAL),
    incoming: list(ref('ShipmentSummary')),
  }),
  Event: object({
    id: { type: 'string', format: 'uuid' },
    stream: TEXT,
    revision: DECIMAL,
    position: DECIMAL,
    type: TEXT,
    data: { type: 'object', description: 'By its type: docs/reference/events.md.' },
    metadata: object(METADATA),
  }),
  EventPage: object({
    items: list(ref('Event')),
    next: said(orNull(TEXT), 'Give it as `after` for the events that follow.'),
    hasMore: FLAG,
  }),
  FacilityList: object({
    items: list(object(FACILITY)),
    next: said(orNull(TEXT), 'Always null: narrow the search instead.'),
  }),
  Facility: object({
    ...FACILITY,
    openedAt: orNull(TEXT),
    closedAt: orNull(TEXT),
    successor: said(orNull(TEXT), 'Who answers for what a closed facility left.'),
    children: said(COUNT, 'Directly below.'),
  }),
  ...WEBHOOK_SCHEMAS,
  Liveness: object({ status: TEXT }),
  Readiness: object({
    status: { type: 'string', enum: ['ready', 'not_ready'] },
    reasons: list(TEXT),
    projections: list(object(PROJECTION)),
  }),
  ProblemType: object({ type: TEXT, code: TEXT, status: COUNT, meaning: TEXT }),
  ProblemTypeList: object({ items: list(ref('ProblemType')) }),
  ReadModels: object({
    projections: list(object(PROJECTION)),
    rebuild: orNull(object(REBUILD)),
  }),
  Rebuild: object(REBUILD),
  ...HISTORY_SCHEMAS,
  ...TRACE_SCHEMAS,
} as const;

export type AnswerName = keyof typeof ANSWER_SCHEMAS;

/** The answer of a route in the documentation. */
export function answered(name: AnswerName): { readonly $ref: string } {
  return ref(name);
}
