import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { facilityAccount } from '../../custody/account/account-id.js';
import { LEVELS, type FacilityId, type Level } from '../../custody/facilities/facility-code.js';
import type { Facility } from '../../custody/facilities/facility.js';
import { FacilityRegister } from '../../custody/facilities/facility-register.js';
import { cursorAt, pageSize, placeOf, type Cursor, type Page } from '../cursor.js';
import { ask, ReadModels } from '../read-models.js';
import type { Scope } from '../scope.js';
import { totalStock, type Stock } from './stock-answer.js';
import { STOCK_PROJECTION } from './stock-tables.js';

export interface StockRow {
  readonly facilityId: FacilityId;
  readonly code: string;
  readonly name: string;
  /** With every office below it. */
  readonly total: Stock;
}

export interface StockPage extends Page<StockRow> {
  /** The position of the log this page holds for; another page may hold for a later one. */
  readonly position: string;
}

/**
 * Every facility of a level within a region (itself included), in code order; those that never
 * held anything too. Null when there is no such region, or none that the
 * scope sees. @throws {InvalidCursor}
 */
export class StockWithin extends Query<StockPage | null> {
  constructor(
    readonly scope: Scope,
    readonly within: string,
    readonly level: Level,
    readonly cursor: Cursor | null,
    /** Held to 1..1,000. */
    readonly limit: number,
    /** Decimal position the answer must hold for. */
    readonly atLeast?: string,
  ) {
    super();
  }
}

const LISTING = 'stock';

function placeIn({ code, facilityId }: Facility): string {
  return `${code} ${facilityId}`;
}

/** In code order. What stands below the level is not looked at. */
export function facilitiesOfLevel(
  register: FacilityRegister,
  within: FacilityId,
  level: Level,
): readonly Facility[] {
  const found: Facility[] = [];
  const depth = LEVELS.indexOf(level);
  const visit = (facility: Facility | null): void => {
    if (facility === null) return;
    const own = LEVELS.indexOf(facility.level);
    if (own === depth) found.push(facility);
    if (own < depth) for (const child of register.children(facility.facilityId)) visit(child);
  };
  visit(register.get(within));
  // Moved facilities keep their codes, so the order of the tree is nearly that of the codes, not quite.
  return found.sort(
    (a, b) => compareTexts(a.code, b.code) || compareTexts(a.facilityId, b.facilityId),
  );
}

function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** A page of {@link facilitiesOfLevel}. @throws {InvalidCursor} */
export function facilitiesPage(
  register: FacilityRegister,
  within: FacilityId,
  level: Level,
  { cursor, limit }: { readonly cursor: Cursor | null; readonly limit: number },
): { readonly shown: readonly Facility[]; readonly nextCursor: Cursor | null } {
  const after = cursor === null ? null : placeOf(LISTING, cursor);
  const facilities = facilitiesOfLevel(register, within, level).filter(
    (it) => after === null || placeIn(it) > after,
  );
  const shown = facilities.slice(0, pageSize(limit));
  const last = shown.at(-1);
  const isLast = shown.length === facilities.length || last === undefined;
  return { shown, nextCursor: isLast ? null : cursorAt(LISTING, placeIn(last)) };
}

@QueryHandler(StockWithin)
export class StockWithinHandler implements IQueryHandler<StockWithin> {
  constructor(
    private readonly models: ReadModels,
    private readonly register: FacilityRegister,
  ) {}

  async execute(query: StockWithin): Promise<StockPage | null> {
    const { scope, within, level, cursor, limit, atLeast } = query;
    const { kept } = this.models;
    kept.assertKeepsOne([within]);
    const region = this.register.get(within as FacilityId);
    if (region === null) return null;
    if (!kept.isAll) kept.assertKeepsAll(this.register.within(region.facilityId));
    return ask(this.models, [STOCK_PROJECTION], atLeast, (database, position) => {
      if (!scope.sees(database, facilityAccount(region.facilityId))) return null;
      const page = facilitiesPage(this.register, region.facilityId, level, { cursor, limit });
      const items = page.shown.map(({ facilityId, code, name }) => {
        return { facilityId, code, name, total: totalStock(database, facilityId) };
      });
      return { items, nextCursor: page.nextCursor, position };
    });
  }
}
