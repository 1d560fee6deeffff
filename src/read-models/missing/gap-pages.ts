import type { FacilityId } from '../../custody/facilities/facility-code.js';
import { cursorAt, InvalidCursor, pageSize, placeOf, type Cursor, type Page } from '../cursor.js';
import { CustodyLine } from '../custody-line/custody-line.js';
import { Sight } from '../custody-line/sight.js';
import type { ReadModelDatabase, Row } from '../read-model-database.js';
import { Scope, type ScopeCondition } from '../scope.js';
import { gapOf, type Gap } from './gap-answer.js';

/** `recovered`: found, or never missing after all. `reversed`: the entry was undone. */
export const GAP_STATUSES = ['open', 'recovered', 'reversed', 'all'] as const;
export type GapStatus = (typeof GAP_STATUSES)[number];

/** `age`: the oldest first. `blanks`: the largest first. */
export const GAP_ORDERS = ['age', 'blanks'] as const;
export type GapOrder = (typeof GAP_ORDERS)[number];

export interface GapFilter {
  readonly status: GapStatus;
  /** A facility: of it and those below it. */
  readonly within?: string | undefined;
  readonly batch?: string | undefined;
  /** Only what was missing before this instant, by the ledger's clock: milliseconds since the epoch. */
  readonly before?: number | undefined;
  readonly order: GapOrder;
}

export interface PageOfGaps extends Page<Gap> {
  /** Of all pages. */
  readonly totals: { readonly gaps: number; readonly blanks: number };
}

export interface GapsQuestion {
  /** The region asked for, and the facility within it. */
  readonly scope: FacilityId;
  readonly within: FacilityId;
  readonly filter: GapFilter;
  /** Null: from the first. */
  readonly place: GapPlace | null;
  /** Held to 1..1,000. */
  readonly limit: number;
}

export function answerGaps(database: ReadModelDatabase, question: GapsQuestion): PageOfGaps {
  const { scope, within, filter } = question;
  const sight = new Sight(new Scope(scope), database);
  const region = new Scope(within).condition(database, 'account');
  const condition = conditionOf(filter, region);
  const page = pageOf(database, sight, question, condition);
  return { ...page, totals: totalsOf(database, condition) };
}

interface Condition {
  readonly sql: string;
  readonly values: readonly (string | number)[];
}

function conditionOf(filter: GapFilter, region: ScopeCondition): Condition {
  const { status, batch, before } = filter;
  const conditions = [region.sql];
  const values: (string | number)[] = [...region.values];
  if (status === 'open') conditions.push('closed_how IS NULL');
  else if (status === 'recovered') conditions.push(`closed_how IN ('found', 'never_missing')`);
  else if (status === 'reversed') conditions.push(`closed_how = 'reversed'`);
  if (batch !== undefined) {
    conditions.push('batch = ?');
    values.push(batch);
  }
  if (before !== undefined) {
    conditions.push('since < ?');
    values.push(before);
  }
  return { sql: conditions.join(' AND '), values };
}

function totalsOf(database: ReadModelDatabase, { sql, values }: Condition): PageOfGaps['totals'] {
  const row = database.get(
    `SELECT count(*) AS gaps, coalesce(sum(blanks), 0) AS blanks FROM missing_gap WHERE ${sql}`,
    ...values,
  );
  return { gaps: Number(row?.gaps), blanks: Number(row?.blanks) };
}

/** Where a page ends: how large its last gap is, and its key. */
export interface GapPlace {
  readonly blanks: number;
  readonly key: readonly [position: number, batch: string, first: number];
}

interface Listing {
  readonly order: string;
  /** What comes after a place. */
  readonly after: (place: GapPlace) => Condition;
}

const LISTINGS: Readonly<Record<GapOrder, Listing>> = {
  age: {
    // Positions ascend with the ledger's time.
    order: 'position, batch, first',
    after: ({ key }) => ({ sql: '(position, batch, first) > (?, ?, ?)', values: key }),
  },
  blanks: {
    order: 'blanks DESC, position, batch, first',
    after: ({ blanks, key }) => ({
      sql: '(-blanks, position, batch, first) > (?, ?, ?, ?)',
      values: [-blanks, ...key],
    }),
  },
};
const PLACE =
  /^(?<blanks>[0-9]{1,15}) (?<position>[0-9]{1,15}) (?<batch>[0-9A-Z-]{1,16}) (?<first>[0-9]{1,9})$/;

/** @throws {InvalidCursor} */
export function gapPlace({ order }: GapFilter, cursor: Cursor): GapPlace {
  const groups = PLACE.exec(placeOf(`missing-${order}`, cursor))?.groups;
  if (groups === undefined) throw new InvalidCursor();
  const { blanks, position, batch = '', first } = groups;
  return { blanks: Number(blanks), key: [Number(position), batch, Number(first)] };
}

function pageOf(
  database: ReadModelDatabase,
  sight: Sight,
  { filter: { order }, limit, place }: GapsQuestion,
  condition: Condition,
): Page<Gap> {
  const size = pageSize(limit);
  const line = new CustodyLine(database);
  const listing = LISTINGS[order];
  const start = place === null ? { sql: '1', values: [] } : listing.after(place);
  const rows = database.all(
    `SELECT * FROM missing_gap WHERE ${condition.sql} AND ${start.sql}
     ORDER BY ${listing.order} LIMIT ?`,
    ...condition.values,
    ...start.values,
    size + 1,
  );
  const shown = rows.slice(0, size);
  const last = shown.at(-1);
  return {
    items: shown.map((row) => gapOf(row, line, sight)),
    nextCursor:
      rows.length > size && last !== undefined
        ? cursorAt(`missing-${order}`, placeText(last))
        : null,
  };
}

function placeText({ blanks, position, batch, first }: Row): string {
  return [blanks, position, batch, first].map(String).join(' ');
}
