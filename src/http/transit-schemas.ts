import { PLACES } from '../read-models/custody-line/places.js';
import {
  COUNT,
  FLAG,
  INSTANT,
  list,
  object,
  orNull,
  page,
  POSITION,
  ref,
  said,
  TEXT,
} from './schema-parts.js';

const DURATION = {
  ...COUNT,
  nullable: true,
  description: 'Milliseconds; null where none arrived.',
};
const TRANSIT_TIMES = object({
  shipments: said(COUNT, 'How many it is of: those that arrived.'),
  p50Ms: DURATION,
  p90Ms: DURATION,
  p95Ms: DURATION,
  maxMs: DURATION,
});
const TRANSIT_CLOCKS = {
  recorded: said(TRANSIT_TIMES, 'Between the entries of the ledger; exact, by nearest rank.'),
  occurred: said(TRANSIT_TIMES, 'Between times that officers stated to the minute.'),
};
const ROUTE = {
  consignor: TEXT,
  consignee: TEXT,
  sent: said(COUNT, 'Ever sent this way.'),
  open: said(COUNT, 'Of these, not yet settled in full.'),
  ...TRANSIT_CLOCKS,
};
const HOLDER = object({
  place: { type: 'string', enum: [...PLACES] },
  account: said(orNull(TEXT), 'Who answers for them; in transit: who sent them.'),
  shipmentId: orNull(TEXT),
  eventId: said(orNull(TEXT), 'The entry that brought them there.'),
});
const FOUND = { eventId: TEXT, account: said(TEXT, 'Who received it.'), recordedAt: INSTANT };

/** Shapes of answers about how long shipments take, and what else was in them. */
export const TRANSIT_SCHEMAS = {
  RoutePage: page(object(ROUTE)),
  Route: object({ ...ROUTE, position: POSITION }),
  TransitByLevel: object({
    levels: list(object({ level: TEXT, ...TRANSIT_CLOCKS })),
    position: POSITION,
  }),
  UnexpectedFound: object({ ...FOUND, serials: ref('Serials') }),
  UnexpectedSerials: object({
    shipmentId: TEXT,
    receipts: list(
      object({
        ...FOUND,
        count: COUNT,
        held: list(object({ serials: TEXT, holder: orNull(HOLDER) })),
        truncated: FLAG,
      }),
    ),
    position: POSITION,
  }),
} as const;
