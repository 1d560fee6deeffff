import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { facilityAccount } from '../../custody/account/account-id.js';
import type { FacilityId } from '../../custody/facilities/facility-code.js';
import type { Facility } from '../../custody/facilities/facility.js';
import { FacilityRegister } from '../../custody/facilities/facility-register.js';
import { ask, ReadModels } from '../read-models.js';
import type { Scope } from '../scope.js';
import { ownStock, totalStock, type Stock } from './stock-answer.js';
import { STOCK_PROJECTION } from './stock-tables.js';

export interface FacilityStock {
  readonly facilityId: FacilityId;
  readonly code: string;
  readonly name: string;
  readonly level: string;
  /** What this office itself answers for. */
  readonly own: Stock;
  /** With every office below it; the nation's also has the batches at their vendors and evidence. */
  readonly total: Stock;
  /** The position of the log the answer holds for. */
  readonly position: string;
}

/** Null when there is no such facility, or none that the scope sees. */
export class StockOfFacility extends Query<FacilityStock | null> {
  constructor(
    readonly scope: Scope,
    readonly facilityId: string,
    /** Decimal position the answer must hold for. */
    readonly atLeast?: string,
  ) {
    super();
  }
}

@QueryHandler(StockOfFacility)
export class StockOfFacilityHandler implements IQueryHandler<StockOfFacility> {
  constructor(
    private readonly models: ReadModels,
    private readonly register: FacilityRegister,
  ) {}

  /** Asked for only where a part of the country is kept. */
  private within({ facilityId }: Facility): Iterable<Facility> {
    return this.models.kept.isAll ? [] : this.register.within(facilityId);
  }

  async execute({ scope, facilityId, atLeast }: StockOfFacility): Promise<FacilityStock | null> {
    this.models.kept.assertKeepsOne([facilityId]);
    return ask(this.models, [STOCK_PROJECTION], atLeast, (database, position) => {
      const facility = this.register.get(facilityId as FacilityId);
      if (facility === null) return null;
      if (!scope.sees(database, facilityAccount(facility.facilityId))) return null;
      this.models.kept.assertKeepsAll(this.within(facility));
      const { code, name, level } = facility;
      const own = ownStock(database, facilityId);
      const total = totalStock(database, facilityId);
      return { facilityId: facility.facilityId, code, name, level, own, total, position };
    });
  }
}
