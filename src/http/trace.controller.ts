import { Body, Controller, Param, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { SerialParseError } from '../custody/serials/serial-number.js';
import { TraceSerial, type SerialTrace } from '../read-models/trace/trace-serial.query.js';
import {
  serialsNamed,
  TraceSerials,
  type SerialsTrace,
} from '../read-models/trace/trace-serials.query.js';
import { askedScope } from './asked-scope.js';
import { Problem } from './problem.js';
import { FreshQuery } from './queries.dto.js';
import { QueryGateway } from './query-gateway.js';
import { QuestionRoute, ReadRoute } from './read-route.js';
import { TraceBody } from './trace.dto.js';

/** Most faults told of one request. */
const MAX_ERRORS = 50;

/** Where serials have been, and who answered for them. */
@ApiTags('trace')
@Controller('trace')
export class TraceController {
  constructor(private readonly queries: QueryGateway) {}

  @ReadRoute(':batch/:number', {
    summary: 'The custody line of one serial, from the contract to now',
    answer:
      'Each stay, on both clocks, with its entry; both sides of each handover, and the package. ' +
      'A serial that nobody made is answered with isProduced false.',
    schema: 'SerialTrace',
  })
  one(
    @Param('batch') batch: string,
    @Param('number') number: string,
    @Query() { atLeast }: FreshQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SerialTrace> {
    const question = new TraceSerial(askedScope(), batch, number, atLeast);
    return this.queries.ask(reply, question, atLeast);
  }

  @QuestionRoute('', {
    summary: 'The custody lines of up to 1,000 serials or ranges, those with one story together',
    answer:
      'Groups in the order of their first serials. Cards issued or surrendered by one account count as ' +
      'one story. What nobody made is in notFound; at most 20,000 stories are followed, and what is ' +
      'beyond is in notTraced.',
    schema: 'SerialsTrace',
    body: TraceBody,
    example: { serials: ['2017-A/1..500', '2017-A/000004711'] },
  })
  many(
    @Body() { serials: texts }: TraceBody,
    @Query() { atLeast }: FreshQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SerialsTrace> {
    const { serials, faults } = serialsNamed(texts);
    const [first] = faults;
    if (first !== undefined) throw malformed(first, faults);
    return this.queries.ask(reply, new TraceSerials(askedScope(), serials, atLeast), atLeast);
  }
}

/** Names every text that is none. */
function malformed({ code }: SerialParseError, faults: readonly SerialParseError[]): Problem {
  const errors = faults
    .slice(0, MAX_ERRORS)
    .map(({ at, message }) => ({ pointer: `/serials/${at}`, detail: message }));
  return new Problem(code, { errors });
}
