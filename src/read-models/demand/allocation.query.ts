import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import type { AccountId } from '../../custody/account/account-id.js';
import {
  MAX_CARTONS,
  proposeAllocation,
  type AllocationProposal,
  type AreaInNeed,
  type AreaShare,
} from '../../custody/demand/allocation.js';
import type { FacilityId } from '../../custody/facilities/facility-code.js';
import { FacilityRegister } from '../../custody/facilities/facility-register.js';
import { isFacilityOpen, type Facility } from '../../custody/facilities/facility.js';
import { ask, ReadModels } from '../read-models.js';
import { Scope } from '../scope.js';
import { ownStock } from '../stock/stock-answer.js';
import type { DemandFigures } from './demand-answer.js';
import { RegionDemand } from './demand-figures.js';
import { DEMAND_SOURCES, ledgerDay } from './demand-within.query.js';

/** What is to be given, and how. */
export interface AllocationAsked {
  readonly consignor: string;
  /** Null: all that the consignor itself holds. */
  readonly blanks: number | null;
  /** Blanks in a carton. */
  readonly carton: number;
  /** Deadlines after this day do not go first; null: all do. */
  readonly deadline: string | null;
  /** As of `DemandListing`. */
  readonly today: string | null;
  /** For how many days of new residents there is to be enough. */
  readonly coverDays: number;
}

export interface ProposedShare extends AreaShare {
  readonly name: string;
  readonly waiting: number;
  /** Residents who come on top each day, as reports tell, or else the rate of issue. */
  readonly newPerDay: number;
  /** For how many days the supply lasts at the rate of issue, without and with what is proposed. */
  readonly daysOfCover: { readonly before: number | null; readonly after: number | null };
}

export interface AllocationAnswer extends Omit<AllocationProposal, 'areas'> {
  readonly consignor: string;
  /** What there was to give. */
  readonly asked: number;
  /** What the consignor itself holds: it may be less than was asked for. */
  readonly usable: number;
  readonly carton: number;
  readonly deadline: string | null;
  readonly coverDays: number;
  /** Residents of the consignor's region in no report of an area: nothing is proposed for them. */
  readonly unplaced: number;
  /** Every open facility directly below the consignor, by code. */
  readonly areas: readonly ProposedShare[];
  readonly today: string;
  /** The position of the log the answer holds for. */
  readonly position: string;
}

/** More than {@link MAX_CARTONS}: fewer blanks, or larger cartons, can be divided. */
export class TooManyCartons extends Error {
  override readonly name = 'TooManyCartons';
  constructor() {
    super(`at most ${MAX_CARTONS} cartons are divided at once`);
  }
}

/**
 * How many of some blanks to each facility directly below the one that holds them. It is a proposal:
 * nothing is moved. Null when there is no such facility that may be seen. @throws {TooManyCartons}
 */
export class ProposedAllocation extends Query<AllocationAnswer | null> {
  constructor(
    readonly scope: Scope,
    readonly asked: AllocationAsked,
    /** Decimal position the answer must hold for. */
    readonly atLeast?: string,
  ) {
    super();
  }
}

@QueryHandler(ProposedAllocation)
export class ProposedAllocationHandler implements IQueryHandler<ProposedAllocation> {
  constructor(
    private readonly models: ReadModels,
    private readonly register: FacilityRegister,
  ) {}

  async execute({ scope, asked, atLeast }: ProposedAllocation): Promise<AllocationAnswer | null> {
    const { kept } = this.models;
    const within = asked.consignor as FacilityId;
    kept.assertKeepsOne([within]);
    if (this.register.get(within) === null) return null;
    if (!kept.isAll) kept.assertKeepsAll(this.register.within(within));
    return ask(this.models, DEMAND_SOURCES, atLeast, (database, position) => {
      if (!scope.sees(database, within as string as AccountId)) return null;
      const today = asked.today ?? ledgerDay(database);
      const { usable } = ownStock(database, within);
      const blanks = asked.blanks ?? usable;
      const { carton, deadline, coverDays } = asked;
      if (blanks / carton > MAX_CARTONS) throw new TooManyCartons();
      const demand = new RegionDemand(database, this.register, { within, today });
      const children = this.register.children(within).filter((it) => isFacilityOpen(it));
      const figures = new Map(children.map((it) => [it.facilityId, demand.of(it.facilityId)]));
      const areas = children.map((it) => areaOf(it, figures.get(it.facilityId)));
      const order = { blanks, carton, today, lastDeadline: deadline, coverDays };
      const { areas: shares, ...proposal } = proposeAllocation(areas, order);
      const placed = [...figures.values()].reduce((sum, { waiting }) => sum + waiting, 0);
      return {
        consignor: within,
        ...{ asked: blanks, usable, carton, deadline, coverDays },
        ...proposal,
        unplaced: Math.max(0, demand.of(within).waiting - placed),
        areas: shares.map((share) => this.#proposed(share, figures.get(share.facilityId))),
        ...{ today, position },
      };
    });
  }

  #proposed(share: AreaShare, figures: DemandFigures | undefined): ProposedShare {
    const issuedPerDay = figures?.issuedPerDay ?? 0;
    const lasts = (blanks: number): number | null =>
      issuedPerDay > 0 ? Math.round((blanks * 10) / issuedPerDay) / 10 : null;
    return {
      ...share,
      name: this.register.get(share.facilityId)?.name ?? '',
      waiting: figures?.waiting ?? 0,
      newPerDay: figures?.newPerDay ?? issuedPerDay,
      daysOfCover: { before: lasts(share.supply), after: lasts(share.supply + share.blanks) },
    };
  }
}

function areaOf({ facilityId, code }: Facility, figures: DemandFigures | undefined): AreaInNeed {
  return {
    facilityId,
    code,
    due: figures === undefined || figures.asOf === null ? null : figures.byDeadline,
    supply: (figures?.usable ?? 0) + (figures?.coming ?? 0),
    newPerDay: figures?.newPerDay ?? figures?.issuedPerDay ?? 0,
  };
}
