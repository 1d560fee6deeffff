import { CLOCKS } from '../read-models/history/history-tables.js';
import { PLACES } from '../read-models/history/move.js';
import { CARD_CATEGORIES } from '../read-models/stock-card/card-category.js';
import { COUNT_NAMES } from '../read-models/stock/stock-counts.js';
import { DECIMAL } from './open-api-schemas.js';
import {
  COUNT,
  FLAG,
  INSTANT,
  list,
  NEXT,
  object,
  OFFICER,
  orNull,
  POSITION,
  ref,
  said,
  TEXT,
} from './schema-parts.js';

const WHOLE = { type: 'integer' };
const PLACE = { type: 'string', enum: [...PLACES] };
const FLOW = { batch: TEXT, from: PLACE, to: PLACE, blanks: WHOLE };
const LATE_ENTRY = {
  account: TEXT,
  position: DECIMAL,
  eventId: said(orNull(TEXT), 'Of the first of the events that follow each other.'),
  events: COUNT,
  effectiveAt: INSTANT,
  recordedAt: INSTANT,
  blanks: WHOLE,
};

/** What an answer as of a moment says of itself. */
export const AS_OF = {
  clock: { type: 'string', enum: [...CLOCKS] },
  time: said(INSTANT, 'Up to and with it. ISO 8601, UTC.'),
  position: said(DECIMAL, 'Of the last event recorded by then.'),
  isFinal: said(FLAG, 'Whether nothing recorded later can change it.'),
  late: said(
    orNull(object({ events: COUNT, entries: list(object(LATE_ENTRY)), truncated: FLAG })),
    'On the clock `occurred`: entries recorded after the moment that count all the same.',
  ),
};

const CATEGORY = { type: 'string', enum: [...CARD_CATEGORIES] };
const CATEGORY_SUM = object({ category: CATEGORY, blanks: WHOLE, serials: ref('Serials') });
const CARD_LINE = {
  time: said(INSTANT, 'By the clock in question.'),
  type: TEXT,
  position: DECIMAL,
  eventId: said(orNull(TEXT), 'Of the first of `events` that follow each other.'),
  events: COUNT,
  officers: list(OFFICER),
  counterparty: orNull(TEXT),
  shipmentId: orNull(TEXT),
  paperNumber: orNull(TEXT),
  category: CATEGORY,
  ...FLOW,
  blanks: said(WHOLE, 'Negative where it takes back what an earlier line counts.'),
  ranges: said(list(TEXT), '`2017-A/1..250000`, the first 20.'),
  truncated: FLAG,
  usable: said(WHOLE, 'In custody after it.'),
  invalid: said(WHOLE, 'In custody after it.'),
};

/** Of answers from the history of the stock, by their names in the documentation. */
export const HISTORY_SCHEMAS = {
  AsOf: object(AS_OF),
  StockDiff: object({
    facilityId: TEXT,
    from: ref('AsOf'),
    to: ref('AsOf'),
    opening: ref('Stock'),
    flows: list(object({ ...FLOW, isTransfer: FLAG })),
    closing: ref('Stock'),
    entries: list(
      object({
        account: TEXT,
        ...FLOW,
        counterparty: said(orNull(TEXT), 'Whom what goes into a transit is for.'),
        time: said(INSTANT, 'By the clock in question.'),
        position: DECIMAL,
        events: said(COUNT, 'Issuances that follow each other are told of together.'),
        type: TEXT,
        eventId: said(orNull(TEXT), 'Of the first of them.'),
      }),
    ),
    next: NEXT,
    position: POSITION,
  }),
  StockCard: object({
    account: TEXT,
    from: ref('AsOf'),
    to: ref('AsOf'),
    opening: ref('Stock'),
    categories: list(CATEGORY_SUM),
    closing: ref('Stock'),
    differences: said(
      list(
        object({
          count: { type: 'string', enum: [...COUNT_NAMES] },
          expected: WHOLE,
          actual: WHOLE,
        }),
      ),
      'Where opening and lines do not make the closing: none in books that close.',
    ),
    officers: list(object({ officer: OFFICER, categories: list(CATEGORY_SUM) })),
    lines: list(object(CARD_LINE)),
    lineCount: said(COUNT, 'Of the whole period.'),
    next: NEXT,
    position: POSITION,
  }),
};
