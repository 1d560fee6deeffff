import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import type { AccountId } from '../../custody/account/account-id.js';
import type { FacilityId } from '../../custody/facilities/facility-code.js';
import { FacilityRegister } from '../../custody/facilities/facility-register.js';
import type { ReadModelDatabase } from '../read-model-database.js';
import { ask, ReadModels } from '../read-models.js';
import { Scope } from '../scope.js';
import type { ResidentsByReason } from './demand-answer.js';
import { RegionDemand } from './demand-figures.js';
import { DEMAND_SOURCES, ledgerDay, type DemandRow } from './demand-within.query.js';

/** A report of the office itself, as it was made. */
export interface DemandReport {
  readonly asOf: string;
  readonly deadline: string | null;
  readonly byReason: readonly ResidentsByReason[];
  readonly recordedAt: string;
  readonly eventId: string;
}

export interface FacilityDemand extends DemandRow {
  readonly level: string;
  /** The office's own, the latest recorded first, at most {@link MAX_REPORTS}. */
  readonly reports: readonly DemandReport[];
  /** The last day that counts in the figures. */
  readonly today: string;
  /** The position of the log the answer holds for. */
  readonly position: string;
}

const MAX_REPORTS = 100;

/** Null when there is no such facility that may be seen. */
export class DemandOfFacility extends Query<FacilityDemand | null> {
  constructor(
    readonly scope: Scope,
    readonly facilityId: string,
    /** As of `DemandListing`. */
    readonly today: string | null,
    /** Decimal position the answer must hold for. */
    readonly atLeast?: string,
  ) {
    super();
  }
}

@QueryHandler(DemandOfFacility)
export class DemandOfFacilityHandler implements IQueryHandler<DemandOfFacility> {
  constructor(
    private readonly models: ReadModels,
    private readonly register: FacilityRegister,
  ) {}

  async execute(query: DemandOfFacility): Promise<FacilityDemand | null> {
    const { kept } = this.models;
    const within = query.facilityId as FacilityId;
    kept.assertKeepsOne([within]);
    const facility = this.register.get(within);
    if (facility === null) return null;
    if (!kept.isAll) kept.assertKeepsAll(this.register.within(within));
    return ask(this.models, DEMAND_SOURCES, query.atLeast, (database, position) => {
      if (!query.scope.sees(database, within as string as AccountId)) return null;
      const today = query.today ?? ledgerDay(database);
      const { facilityId, code, name, level } = facility;
      const figures = new RegionDemand(database, this.register, { within, today }).of(within);
      const reports = reportsOf(database, within);
      return { facilityId, code, name, level, ...figures, reports, today, position };
    });
  }
}

function reportsOf(database: ReadModelDatabase, facilityId: FacilityId): readonly DemandReport[] {
  const rows = database.all(
    `SELECT reason, as_of, waiting, deadline, recorded_at, event_id FROM demand_stated
     WHERE facility = ?1 AND position IN (
       SELECT DISTINCT position FROM demand_stated WHERE facility = ?1
       ORDER BY position DESC LIMIT ?2)
     ORDER BY position DESC, reason`,
    facilityId,
    MAX_REPORTS,
  );
  return [...Map.groupBy(rows, (row) => String(row.event_id))].flatMap(([eventId, all]) => {
    const [first] = all;
    if (first === undefined) return [];
    const byReason = all.map(({ reason, waiting }) => {
      return { reason: String(reason), residents: Number(waiting) } as ResidentsByReason;
    });
    return [
      {
        asOf: String(first.as_of),
        deadline: first.deadline === null ? null : String(first.deadline),
        byReason,
        recordedAt: String(first.recorded_at),
        eventId,
      },
    ];
  });
}
