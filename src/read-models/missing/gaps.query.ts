import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { facilityAccount } from '../../custody/account/account-id.js';
import { FacilityRegister } from '../../custody/facilities/facility-register.js';
import type { FacilityId } from '../../custody/facilities/facility-code.js';
import type { Cursor } from '../cursor.js';
import { CUSTODY_LINE_PROJECTION } from '../custody-line/custody-tables.js';
import { askApart, ReadModels } from '../read-models.js';
import type { Scope } from '../scope.js';
import { gapPlace, type GapFilter, type PageOfGaps } from './gap-pages.js';

export interface GapsPage extends PageOfGaps {
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
    const { scope, filter, cursor, limit, atLeast } = query;
    const place = cursor === null ? null : gapPlace(filter, cursor);
    // What became of them before may have been anywhere.
    this.models.kept.assertAll();
    const within = filter.within ?? scope.facilityId;
    const facility = this.register.get(within as FacilityId);
    if (facility === null) return null;
    const { facilityId } = facility;
    if (!scope.sees(this.models.database, facilityAccount(facilityId))) return null;
    const question = { scope: scope.facilityId, within: facilityId, filter, place, limit };
    const names = [CUSTODY_LINE_PROJECTION];
    const answered = await askApart(this.models, names, atLeast, 'gaps', question);
    return { ...answered.answer, position: answered.position };
  }
}
