import { Body, Controller, Param, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { RecordFindingBody, RecordFindingCommand } from '../commands/record-finding.command.js';
import { ResolveFindingBody, ResolveFindingCommand } from '../commands/resolve-finding.command.js';
import {
  FindingById,
  Findings,
  type FindingAnswer,
} from '../read-models/findings/findings.query.js';
import { askedScope } from './asked-scope.js';
import { CommandGateway, type WriteAnswer } from './command-gateway.js';
import { EXAMPLES } from './examples.js';
import { Sender, type HttpSender } from './http-sender.js';
import { FindingsQuery } from './missing.dto.js';
import { FreshQuery, limitOf } from './queries.dto.js';
import { pageAnswer, QueryGateway } from './query-gateway.js';
import { ReadRoute } from './read-route.js';
import { WriteRoute } from './write-route.js';

/** Cards that turned up outside any manifest. */
@ApiTags('findings')
@Controller('findings')
export class FindingsController {
  constructor(
    private readonly commands: CommandGateway,
    private readonly queries: QueryGateway,
  ) {}

  @ReadRoute('', {
    summary: 'Findings, the latest first',
    answer: 'A page: items, and next.',
    schema: 'FindingPage',
  })
  async list(@Query() query: FindingsQuery, @Res({ passthrough: true }) reply: FastifyReply) {
    const { status = 'open', cursor = null, atLeast } = query;
    const question = new Findings(askedScope(), status, cursor, limitOf(query), atLeast);
    return pageAnswer(await this.queries.ask(reply, question, atLeast));
  }

  @ReadRoute(':id', {
    summary: 'One finding against the books as they are now',
    answer:
      'What was found, those with one story together: missing, believed issued, in transit, in custody or ' +
      'destroyed (an alarm), or never produced; and what the offices have that should have them.',
    schema: 'Finding',
  })
  one(
    @Param('id') id: string,
    @Query() { atLeast }: FreshQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<FindingAnswer> {
    return this.queries.ask(reply, new FindingById(askedScope(), id, atLeast), atLeast);
  }

  @WriteRoute('', {
    event: 'FindingRecorded',
    summary: 'Record cards that turned up',
    body: RecordFindingBody,
    example: EXAMPLES.finding,
  })
  record(@Sender() sender: HttpSender, @Body() body: RecordFindingBody): Promise<WriteAnswer> {
    return this.commands.send(sender, new RecordFindingCommand(sender.envelope, body));
  }

  @WriteRoute(':id/resolution', {
    event: 'FindingResolved',
    summary: 'Say how the books account for a finding',
    body: ResolveFindingBody,
    example: EXAMPLES.resolution,
  })
  resolve(
    @Sender() sender: HttpSender,
    @Param('id') id: string,
    @Body() body: ResolveFindingBody,
  ): Promise<WriteAnswer> {
    return this.commands.send(sender, new ResolveFindingCommand(sender.envelope, id, body));
  }
}
