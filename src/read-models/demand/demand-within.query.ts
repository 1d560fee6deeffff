import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import type { AccountId } from '../../custody/account/account-id.js';
import { type FacilityId, type Level } from '../../custody/facilities/facility-code.js';
import { FacilityRegister } from '../../custody/facilities/facility-register.js';
import { isFacilityOpen, type Facility } from '../../custody/facilities/facility.js';
import { cursorAt, InvalidCursor, pageSize, placeOf, type Cursor, type Page } from '../cursor.js';
import type { ReadModelDatabase } from '../read-model-database.js';
import { ask, ReadModels } from '../read-models.js';
import { registeredProjections } from '../registry.js';
import { Scope } from '../scope.js';
import { SHIPMENTS_PROJECTION } from '../shipments/shipment-tables.js';
import { facilitiesOfLevel } from '../stock/stock-within.query.js';
import { STOCK_PROJECTION } from '../stock/stock-tables.js';
import { dayInJakarta, type DemandFigures, type DemandOrder } from './demand-answer.js';
import { RegionDemand } from './demand-figures.js';
import { DEMAND_PROJECTION } from './demand-tables.js';

export interface DemandRow extends DemandFigures {
  readonly facilityId: FacilityId;
  readonly code: string;
  readonly name: string;
}

export interface DemandPage extends Page<DemandRow> {
  /** The last day that counts. */
  readonly today: string;
  /** The position of the log this page holds for; another page may hold for a later one. */
  readonly position: string;
}

export interface DemandListing {
  readonly within: string;
  readonly level: Level;
  readonly order: DemandOrder;
  /**
   * Reports and issuances of later days do not count; blanks do, as they are now. Null: the day, in
   * Jakarta, of the latest event's ledger time, so that a ledger of 2017 is asked as in 2017.
   */
  readonly today: string | null;
}

/** What the figures of demand rest on. */
export const DEMAND_SOURCES = [DEMAND_PROJECTION, STOCK_PROJECTION, SHIPMENTS_PROJECTION];

/**
 * Who waits and what there is for them, of every open facility of a level within a region (itself
 * included). Null when there is no such region that may be seen. @throws {InvalidCursor}
 */
export class DemandWithin extends Query<DemandPage | null> {
  constructor(
    readonly scope: Scope,
    readonly asked: DemandListing,
    readonly cursor: Cursor | null,
    /** Held to 1..1,000. */
    readonly limit: number,
    /** Decimal position the answer must hold for. */
    readonly atLeast?: string,
  ) {
    super();
  }
}

const LISTING = 'demand';

@QueryHandler(DemandWithin)
export class DemandWithinHandler implements IQueryHandler<DemandWithin> {
  constructor(
    private readonly models: ReadModels,
    private readonly register: FacilityRegister,
  ) {}

  async execute(query: DemandWithin): Promise<DemandPage | null> {
    const { scope, asked, cursor, limit, atLeast } = query;
    const { level, order } = asked;
    const after = cursor === null ? null : placeOf(`${LISTING} ${order}`, cursor);
    const within = asked.within as FacilityId;
    this.models.kept.assertKeepsOne([within]);
    if (this.register.get(within) === null) return null;
    if (!this.models.kept.isAll) this.models.kept.assertKeepsAll(this.register.within(within));
    return ask(this.models, DEMAND_SOURCES, atLeast, (database, position) => {
      if (!scope.sees(database, within as string as AccountId)) return null;
      const today = asked.today ?? ledgerDay(database);
      const demand = new RegionDemand(database, this.register, { within, today });
      const facilities = facilitiesOfLevel(this.register, within, level).filter((it) =>
        isFacilityOpen(it),
      );
      const sorted = inOrder(facilities, (it) => demand.standingOf(it), order);
      const from = after === null ? 0 : sorted.findIndex((it) => it.facilityId === after) + 1;
      if (after !== null && from === 0) throw new InvalidCursor();
      const shown = sorted.slice(from, from + pageSize(limit));
      const items = shown.map((it) => rowOf(demand, it));
      const last = items.at(-1);
      const isLast = from + items.length === sorted.length || last === undefined;
      const nextCursor = isLast ? null : cursorAt(`${LISTING} ${order}`, last.facilityId);
      return { items, nextCursor, today, position };
    });
  }
}

function rowOf(demand: RegionDemand, { facilityId, code, name }: Facility): DemandRow {
  return { facilityId, code, name, ...demand.of(facilityId) };
}

type Measure = (facilityId: FacilityId) => Omit<DemandFigures, 'newPerDay'>;

/** Each is measured once; in code order, as they come, where the order does not part them. */
function inOrder(
  facilities: readonly Facility[],
  measure: Measure,
  order: DemandOrder,
): readonly Facility[] {
  if (order === 'code') return facilities;
  const measured = facilities.map((facility) => ({
    facility,
    figures: measure(facility.facilityId),
  }));
  const compare = COMPARISONS[order];
  return measured.sort((a, b) => compare(a.figures, b.figures)).map(({ facility }) => facility);
}

/** The day, in Jakarta, of the latest event that the figures know of. */
export function ledgerDay(database: ReadModelDatabase): string {
  return dayInJakarta(registeredProjections(database).get(DEMAND_PROJECTION)?.ledgerTime ?? null);
}

/** Null comes last. */
function ascending<T extends number | string>(a: T | null, b: T | null): number {
  if (a === b) return 0;
  if (a === null) return 1;
  if (b === null) return -1;
  return a < b ? -1 : 1;
}

type Figures = ReturnType<Measure>;

const COMPARISONS: Readonly<
  Record<Exclude<DemandOrder, 'code'>, (a: Figures, b: Figures) => number>
> = {
  cover: (a, b) => ascending(a.daysOfCover, b.daysOfCover),
  waiting: (a, b) => b.uncovered - a.uncovered,
  deadline: (a, b) => ascending(a.nextDeadline, b.nextDeadline) || b.uncovered - a.uncovered,
};
