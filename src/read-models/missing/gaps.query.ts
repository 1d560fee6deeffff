import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { facilityAccount } from '../../custody/account/account-id.js';
import { FacilityRegister } from '../../custody/facilities/facility-register.js';
import type { FacilityId } from '../../custody/facilities/facility-code.js';
import { cursorAt, InvalidCursor, pageSize, placeOf, type Cursor, type Page } from '../cursor.js';
import { CustodyLine } from '../custody-line/custody-line.js';
import { CUSTODY_LINE_PROJECTION } from '../custody-line/custody-tables.js';
import { Sight } from '../custody-line/sight.js';
import type { ReadModelDatabase, Row } from '../read-model-database.js';
import { ask, ReadModels } from '../read-models.js';
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

export interface GapsPage extends Page<Gap> {
  /** Of all pages. */
  readonly totals: { readonly gaps: number; readonly blanks: number };
  /** The position of the log this page holds for. */
  readonly position: string;
}

/**
 * What is missing, or was. Null when there is no such facility, or it is not within the region asked for.
 * @throws {InvalidCursor}
 */
export class GapsWithin extends Query<GapsPage | null> {
  constructor(
    readonly scope: Scope,
    readonly filter: GapFilter,
    readonly cursor: Cursor | null,
    /** Held to 1..1,000. */
    readonly limit: number,
    /** Decimal position the answer must hold for. */
    readonly atLeast?: string,
  ) {
    super();
  }
}

@QueryHandler(GapsWithin)
export class GapsWithinHandler implements IQueryHandler<GapsWithin> {
  constructor(
    private readonly models: ReadModels,
    private readonly register: FacilityRegister,
  ) {}

  async execute(query: GapsWithin): Promise<GapsPage | null> {
    const { scope, filter, cursor, atLeast } = query;
    const place = cursor === null ? null : gapPlace(filter, cursor);
    // What became of them before may have been anywhere.
    this.models.kept.assertAll();
    const within = filter.within ?? scope.facilityId;
    const facility = this.register.get(within as FacilityId);
    if (facility === null) return null;
    return ask(this.models, [CUSTODY_LINE_PROJECTION], atLeast, (database, position) => {
      const sight = new Sight(scope, database);
      if (!sight.sees(facilityAccount(facility.facilityId))) return null;
      const region = new Scope(facility.facilityId);
      const condition = conditionOf(filter, region.condition(database, 'account'));
      const page = pageOf(database, sight, query, condition, place);
      return { ...page, totals: totalsOf(database, condition), position };
    });
  }
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

function totalsOf(database: ReadModelDatabase, { sql, values }: Condition): GapsPage['totals'] {
  const row = database.get(
    `SELECT count(*) AS gaps, coalesce(sum(blanks), 0) AS blanks FROM missing_gap WHERE ${sql}`,
    ...values,
  );
  return { gaps: Number(row?.gaps), blanks: Number(row?.blanks) };
}

/** Where a page ends: how large its last gap is, and its key. */
interface Place {
  readonly blanks: number;
  readonly key: readonly [position: number, batch: string, first: number];
}

interface Listing {
  readonly order: string;
  /** What comes after a place. */
  readonly after: (place: Place) => Condition;
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
function gapPlace({ order }: GapFilter, cursor: Cursor): Place {
  const groups = PLACE.exec(placeOf(`missing-${order}`, cursor))?.groups;
  if (groups === undefined) throw new InvalidCursor();
  const { blanks, position, batch = '', first } = groups;
  return { blanks: Number(blanks), key: [Number(position), batch, Number(first)] };
}

function pageOf(
  database: ReadModelDatabase,
  sight: Sight,
  { filter: { order }, limit }: GapsWithin,
  condition: Condition,
  place: Place | null,
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
