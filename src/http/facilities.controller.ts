import { Body, Controller, Param, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CloseFacilityBody, CloseFacilityCommand } from '../commands/close-facility.command.js';
import { MoveFacilityBody, MoveFacilityCommand } from '../commands/move-facility.command.js';
import { OpenFacilityBody, OpenFacilityCommand } from '../commands/open-facility.command.js';
import { RenameFacilityBody, RenameFacilityCommand } from '../commands/rename-facility.command.js';
import {
  RenumberFacilityBody,
  RenumberFacilityCommand,
} from '../commands/renumber-facility.command.js';
import { parseFacilityId, type FacilityId } from '../custody/facilities/facility-code.js';
import { FacilityRegister } from '../custody/facilities/facility-register.js';
import {
  SearchFacilities,
  type FacilityAnswer,
} from '../read-models/facilities/search-facilities.query.js';
import { CommandGateway, type WriteAnswer } from './command-gateway.js';
import { EXAMPLES } from './examples.js';
import { Sender, type HttpSender } from './http-sender.js';
import { Problem } from './problem.js';
import { FacilitiesQuery, limitOf } from './queries.dto.js';
import { QueryGateway } from './query-gateway.js';
import { ReadRoute } from './read-route.js';
import { WriteRoute } from './write-route.js';

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
    private readonly commands: CommandGateway,
  ) {}

  @ReadRoute('', {
    summary: 'Find facilities by name or code',
    answer: 'items, the best match first; a closed office is marked isOpen: false.',
    schema: 'FacilityList',
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
    schema: 'Facility',
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

  @WriteRoute('', {
    event: 'FacilityOpened',
    summary: 'An office opens',
    body: OpenFacilityBody,
    example: EXAMPLES.facilityOpening,
  })
  open(@Sender() sender: HttpSender, @Body() body: OpenFacilityBody): Promise<WriteAnswer> {
    return this.commands.send(sender, new OpenFacilityCommand(sender.envelope, body));
  }

  @WriteRoute(':id/closing', {
    event: 'FacilityClosed',
    summary: 'An office closes and names its successor',
    body: CloseFacilityBody,
    example: EXAMPLES.facilityClosing,
  })
  close(
    @Sender() sender: HttpSender,
    @Param('id') id: string,
    @Body() body: CloseFacilityBody,
  ): Promise<WriteAnswer> {
    return this.commands.send(sender, new CloseFacilityCommand(sender.envelope, id, body));
  }

  @WriteRoute(':id/renaming', {
    event: 'FacilityRenamed',
    summary: 'An office gets another name',
    body: RenameFacilityBody,
    example: EXAMPLES.facilityRenaming,
  })
  rename(
    @Sender() sender: HttpSender,
    @Param('id') id: string,
    @Body() body: RenameFacilityBody,
  ): Promise<WriteAnswer> {
    return this.commands.send(sender, new RenameFacilityCommand(sender.envelope, id, body));
  }

  @WriteRoute(':id/renumbering', {
    event: 'FacilityRenumbered',
    summary: 'An office gets another code; its id stays',
    body: RenumberFacilityBody,
    example: EXAMPLES.facilityRenumbering,
  })
  renumber(
    @Sender() sender: HttpSender,
    @Param('id') id: string,
    @Body() body: RenumberFacilityBody,
  ): Promise<WriteAnswer> {
    return this.commands.send(sender, new RenumberFacilityCommand(sender.envelope, id, body));
  }

  @WriteRoute(':id/moving', {
    event: 'FacilityMoved',
    summary: 'An office gets another parent',
    body: MoveFacilityBody,
    example: EXAMPLES.facilityMoving,
  })
  move(
    @Sender() sender: HttpSender,
    @Param('id') id: string,
    @Body() body: MoveFacilityBody,
  ): Promise<WriteAnswer> {
    return this.commands.send(sender, new MoveFacilityCommand(sender.envelope, id, body));
  }
}
