import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import type { AccountId } from '../../custody/account/account-id.js';
import { LEVELS, type FacilityId } from '../../custody/facilities/facility-code.js';
import { FacilityRegister } from '../../custody/facilities/facility-register.js';
import { ask, ReadModels } from '../read-models.js';
import { Scope } from '../scope.js';
import { touches } from './shipment-region.js';
import { SHIPMENTS_PROJECTION } from './shipment-tables.js';
import { clockedTransitTimes, type ClockedTransitTimes } from './transit-times.js';

/** Who sends: a facility of a level, a vendor, or whoever holds evidence. */
export const CONSIGNOR_LEVELS = [...LEVELS, 'vendor', 'evidence'] as const;
export type ConsignorLevel = (typeof CONSIGNOR_LEVELS)[number];

export interface LevelTransit extends ClockedTransitTimes {
  readonly level: ConsignorLevel;
}

export interface TransitByLevelAnswer {
  /** From the top down; those that sent nothing too. */
  readonly levels: readonly LevelTransit[];
  /** The position of the log the answer holds for. */
  readonly position: string;
}

/**
 * How long what was sent to or from a region took, by who sent it. Null when it is no facility that may
 * be seen.
 */
export class TransitByLevel extends Query<TransitByLevelAnswer | null> {
  constructor(
    readonly scope: Scope,
    readonly within: string,
    /** Decimal position the answer must hold for. */
    readonly atLeast?: string,
  ) {
    super();
  }
}

@QueryHandler(TransitByLevel)
export class TransitByLevelHandler implements IQueryHandler<TransitByLevel> {
  constructor(
    private readonly models: ReadModels,
    private readonly register: FacilityRegister,
  ) {}

  async execute({ scope, within, atLeast }: TransitByLevel): Promise<TransitByLevelAnswer | null> {
    this.models.kept.assertKeepsOne([within]);
    if (this.register.get(within as FacilityId) === null) return null;
    return ask(this.models, [SHIPMENTS_PROJECTION], atLeast, (database, position) => {
      if (!scope.sees(database, within as AccountId)) return null;
      const region = touches(new Scope(within as FacilityId), database);
      const levels = CONSIGNOR_LEVELS.map((level): LevelTransit => {
        const asked = {
          sql: `consignor_level = ? AND ${region.sql}`,
          values: [level, ...region.values],
        };
        return { level, ...clockedTransitTimes(database, asked) };
      });
      return { levels, position };
    });
  }
}
