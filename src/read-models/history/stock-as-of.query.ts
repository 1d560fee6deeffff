import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { facilityAccount } from '../../custody/account/account-id.js';
import type { FacilityId, Level } from '../../custody/facilities/facility-code.js';
import { FacilityRegister } from '../../custody/facilities/facility-register.js';
import { CUSTODY_LINE_PROJECTION } from '../custody-line/custody-tables.js';
import { cursorAt, pageSize, placeOf, type Cursor } from '../cursor.js';
import { askApart, ReadModels } from '../read-models.js';
import type { Scope } from '../scope.js';
import { STOCK_PROJECTION } from '../stock/stock-tables.js';
import { facilitiesPage } from '../stock/stock-within.query.js';
import { atLeastOf, type Moment } from './as-of.js';
import type { AsOf, AsOfQuestion, StockDiff } from './history-answers.js';
import type { StockThen } from './history-stock.js';
import { HISTORY_PROJECTION, type Clock } from './history-tables.js';

export interface FacilityStockAsOf {
  readonly facilityId: FacilityId;
  readonly code: string;
  readonly name: string;
  readonly level: string;
  /** What this office itself answered for. */
  readonly own: StockThen;
  /** With every office that stood below it then. */
  readonly total: StockThen;
  readonly asOf: AsOf;
  /** The position of the log that was known when the answer was made. */
  readonly position: string;
}

/** Where regions come from; the line where names of entries do. */
const RESTS_ON = [STOCK_PROJECTION, CUSTODY_LINE_PROJECTION, HISTORY_PROJECTION];

/** Null when there is no such facility, or none that the scope sees. */
export class StockAsOf extends Query<FacilityStockAsOf | null> {
  constructor(
    readonly scope: Scope,
    readonly facilityId: string,
    readonly asOf: AsOfQuestion,
    /** Decimal position the answer must know. */
    readonly atLeast?: string,
  ) {
    super();
  }
}

@QueryHandler(StockAsOf)
export class StockAsOfHandler implements IQueryHandler<StockAsOf> {
  constructor(
    private readonly models: ReadModels,
    private readonly register: FacilityRegister,
  ) {}

  async execute({
    scope,
    facilityId,
    asOf,
    atLeast,
  }: StockAsOf): Promise<FacilityStockAsOf | null> {
    const { models, register } = this;
    models.kept.assertAll();
    const facility = register.get(facilityId as FacilityId);
    if (facility === null) return null;
    if (!scope.sees(models.database, facilityAccount(facility.facilityId))) return null;
    const question = { facilityId: facility.facilityId, ...asOf };
    const wanted = atLeastOf(atLeast, [asOf.moment]);
    const answered = await askApart(models, RESTS_ON, wanted, 'stockAsOf', question);
    const { code, name, level } = facility;
    const { answer, position } = answered;
    return { facilityId: facility.facilityId, code, name, level, ...answer, position };
  }
}

export interface StockRowAsOf {
  readonly facilityId: FacilityId;
  readonly code: string;
  readonly name: string;
  readonly total: StockThen;
}

export interface StockPageAsOf {
  readonly items: readonly StockRowAsOf[];
  readonly nextCursor: Cursor | null;
  readonly asOf: AsOf;
  readonly position: string;
}

/** As `StockWithin`, as of a moment. Null when there is no such region, or none that the scope sees. */
export class StocksAsOf extends Query<StockPageAsOf | null> {
  constructor(
    readonly scope: Scope,
    readonly within: string,
    readonly level: Level,
    readonly asOf: AsOfQuestion,
    readonly cursor: Cursor | null,
    /** Held to 1..1,000. */
    readonly limit: number,
    readonly atLeast?: string,
  ) {
    super();
  }
}

@QueryHandler(StocksAsOf)
export class StocksAsOfHandler implements IQueryHandler<StocksAsOf> {
  constructor(
    private readonly models: ReadModels,
    private readonly register: FacilityRegister,
  ) {}

  /** @throws {InvalidCursor} */
  async execute(query: StocksAsOf): Promise<StockPageAsOf | null> {
    const { scope, within, level, asOf, cursor, limit, atLeast } = query;
    const { models, register } = this;
    models.kept.assertAll();
    const region = register.get(within as FacilityId);
    if (region === null) return null;
    if (!scope.sees(models.database, facilityAccount(region.facilityId))) return null;
    const page = facilitiesPage(register, region.facilityId, level, { cursor, limit });
    const facilities = page.shown.map(({ facilityId }) => facilityId);
    const question = { within: region.facilityId, facilities, ...asOf };
    const wanted = atLeastOf(atLeast, [asOf.moment]);
    const answered = await askApart(models, RESTS_ON, wanted, 'stocksAsOf', question);
    const { totals, asOf: told } = answered.answer;
    const items = page.shown.flatMap(({ facilityId, code, name }, index) => {
      const total = totals[index];
      return total === undefined ? [] : [{ facilityId, code, name, total }];
    });
    return { items, nextCursor: page.nextCursor, asOf: told, position: answered.position };
  }
}

export interface StockChangesAnswer extends Omit<StockDiff, 'next'> {
  readonly facilityId: string;
  readonly nextCursor: Cursor | null;
  readonly position: string;
}

/** What moved in a region between two moments. Null when there is no such region, or none that the scope sees. */
export class StockChanges extends Query<StockChangesAnswer | null> {
  constructor(
    readonly scope: Scope,
    readonly facilityId: string,
    readonly clock: Clock,
    readonly from: Moment,
    readonly to: Moment,
    readonly cursor: Cursor | null,
    /** Of entries, held to 1..1,000. */
    readonly limit: number,
    readonly atLeast?: string,
  ) {
    super();
  }
}

const LISTING = 'stock-changes';

@QueryHandler(StockChanges)
export class StockChangesHandler implements IQueryHandler<StockChanges> {
  constructor(
    private readonly models: ReadModels,
    private readonly register: FacilityRegister,
  ) {}

  /** @throws {InvalidCursor} */
  async execute(query: StockChanges): Promise<StockChangesAnswer | null> {
    const { scope, clock, from, to, cursor, limit, atLeast } = query;
    const { models, register } = this;
    models.kept.assertAll();
    const facility = register.get(query.facilityId as FacilityId);
    if (facility === null) return null;
    const { facilityId } = facility;
    if (!scope.sees(models.database, facilityAccount(facilityId))) return null;
    const after = cursor === null ? null : placeOf(LISTING, cursor);
    const question = { facilityId, clock, from, to, after, limit: pageSize(limit) };
    const wanted = atLeastOf(atLeast, [from, to]);
    const answered = await askApart(models, RESTS_ON, wanted, 'stockDiff', question);
    const { next, ...answer } = answered.answer;
    const nextCursor = next === null ? null : cursorAt(LISTING, next);
    return { facilityId, ...answer, nextCursor, position: answered.position };
  }
}
