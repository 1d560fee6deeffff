import { Controller, Param, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { parseFacilityId, type FacilityId } from '../custody/facilities/facility-code.js';
import { FacilityRegister } from '../custody/facilities/facility-register.js';
import {
  SearchFacilities,
  type FacilityAnswer,
} from '../read-models/facilities/search-facilities.query.js';
import { Problem } from './problem.js';
import { FacilitiesQuery, limitOf } from './queries.dto.js';
import { QueryGateway } from './query-gateway.js';
import { ReadRoute } from './read-route.js';

interface FacilityDetails extends FacilityAnswer {
  readonly openedAt: string | null;
  readonly closedAt: string | null;
  /** Who answers for what a closed facility left. */
  readonly successor: string | null;
  /** Directly below. */
  readonly children: number;
}

/** The register of offices. */
@ApiTags('facilities')
@Controller('facilities')
export class FacilitiesController {
  constructor(
    private readonly queries: QueryGateway,
    private readonly register: FacilityRegister,
  ) {}

  @ReadRoute('', {
    summary: 'Find facilities by name or code',
    answer: 'items, the best match first, at most 100.',
  })
  async search(
    @Query() query: FacilitiesQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<{ readonly items: readonly FacilityAnswer[]; readonly next: null }> {
    const items = await this.queries.ask(reply, new SearchFacilities(query.q, limitOf(query)));
    return { items, next: null };
  }

  @ReadRoute(':id', {
    summary: 'One facility',
    answer: 'Its attributes as they are now.',
    takesQuery: false,
  })
  one(@Param('id') id: string): FacilityDetails {
    const facility = parseFacilityId(id) === null ? null : this.register.get(id as FacilityId);
    if (facility === null) throw new Problem('not_found');
    const { facilityId, code, name, level, parent, openedAt, closedAt, successor } = facility;
    return {
      ...{ facilityId, code, name, level, parent, openedAt, closedAt, successor },
      isOpen: closedAt === null,
      path: this.register.pathOf(facilityId),
      children: this.register.children(facilityId).length,
    };
  }
}
