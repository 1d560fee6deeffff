import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { FacilityRegister } from '../../custody/facilities/facility-register.js';

export interface FacilityAnswer {
  readonly facilityId: string;
  readonly code: string;
  readonly name: string;
  readonly level: string;
  readonly parent: string | null;
  readonly isOpen: boolean;
  /** The names from the facility up to its province. */
  readonly path: string;
}

/** Facilities by name or code, the best match first. */
export class SearchFacilities extends Query<readonly FacilityAnswer[]> {
  constructor(
    readonly text: string,
    /** Held to 1..100. */
    readonly limit: number,
  ) {
    super();
  }
}

@QueryHandler(SearchFacilities)
export class SearchFacilitiesHandler implements IQueryHandler<SearchFacilities> {
  constructor(private readonly register: FacilityRegister) {}

  execute({ text, limit }: SearchFacilities): Promise<readonly FacilityAnswer[]> {
    const matches = this.register.search(text, limit).map(({ facility, path }) => ({
      facilityId: facility.facilityId,
      code: facility.code,
      name: facility.name,
      level: facility.level,
      parent: facility.parent,
      isOpen: facility.closedAt === null,
      path,
    }));
    return Promise.resolve(matches);
  }
}
