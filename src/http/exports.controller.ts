import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiOperation, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { EXPORT_FORMATS, exportFileName } from '../exports/export-format.js';
import {
  exportKind,
  isExportName,
  parseSerials,
  type ExportName,
  type ExportSelection,
} from '../read-models/exports/exports.js';
import { parseEventTypes } from '../read-models/trail/event-filter.js';
import { answered } from './answer-schemas.js';
import { askedScope } from './asked-scope.js';
import { ExportQuery } from './exports.dto.js';
import type { RouteTraits } from './fastify.js';
import { Problem } from './problem.js';
import { QueryGateway } from './query-gateway.js';
import { sendStream, untilGone } from './streamed-answer.js';

/** Each reads as fast as it can: more at once would take the time of everybody else. */
const MAX_EXPORTS = 4;
const RETRY_AFTER_SECONDS = 5;
const TRAITS: RouteTraits = { takesQuery: true };
const PROBLEM = { 'application/problem+json': { schema: answered('Problem') } };

/** Whole tables as files. */
@ApiTags('exports')
@Controller('exports')
export class ExportsController {
  private underWay = 0;

  constructor(private readonly queries: QueryGateway) {}

  @Get(':what')
  @RouteConfig(TRAITS)
  @ApiOperation({
    summary: 'A file of events, movements, stock or what serials went through',
    description:
      'Streamed; it holds for the position in X-Position, which is also in its name. A connection ' +
      'that breaks off leaves no whole file. See docs/reference/exports.md.',
  })
  @ApiProduces(...Object.values(EXPORT_FORMATS).map(({ mediaType }) => mediaType))
  @ApiResponse({
    status: 200,
    description: 'The file.',
    schema: { type: 'string', format: 'binary' },
  })
  @ApiResponse({ status: 400, description: 'A problem (RFC 9457).', content: PROBLEM })
  @ApiResponse({ status: 404, description: 'A problem (RFC 9457).', content: PROBLEM })
  @ApiResponse({ status: 503, description: 'A problem (RFC 9457).', content: PROBLEM })
  async export(
    @Param('what') what: string,
    @Query() query: ExportQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    if (!isExportName(what)) throw new Problem('not_found');
    const selection = selectionOf(what, query);
    if (this.underWay >= MAX_EXPORTS)
      throw new Problem('too_many_exports', { retryAfterSeconds: RETRY_AFTER_SECONDS });
    const gone = untilGone(reply);
    this.underWay++;
    gone.signal.addEventListener('abort', () => this.underWay--, { once: true });
    try {
      const question = exportKind(what).question(askedScope(), selection);
      const table = await this.queries.ask(reply, question, query.atLeast);
      const { mediaType, encode } = EXPORT_FORMATS[query.format];
      const options = { signal: gone.signal, hasByteOrderMark: query.bom === 'true' };
      void reply.header('Content-Type', mediaType);
      const name = exportFileName(table, query.format);
      void reply.header('Content-Disposition', `attachment; filename="${name}"`);
      await sendStream(request, reply, encode(table, options), gone);
    } catch (error) {
      // Nobody is there to be told.
      if (gone.signal.aborted) return;
      gone.abort();
      void reply.removeHeader('Content-Disposition');
      throw error;
    }
  }
}

/** @throws {Problem} a parameter is of another export, or is missing */
function selectionOf(what: ExportName, query: ExportQuery): ExportSelection {
  const { parameters, required } = exportKind(what);
  const allowed: readonly string[] = [
    ...parameters,
    'format',
    ...(query.format === 'csv' ? ['bom'] : []),
  ];
  const given = Object.entries<unknown>({ ...(query as object) }).filter(
    ([, value]) => value !== undefined,
  );
  const names = given.map(([name]) => name);
  const errors = [
    ...names
      .filter((name) => !allowed.includes(name))
      .map((parameter) => ({ parameter, detail: `${what} takes no such parameter` })),
    ...required
      .filter((name) => !names.includes(name))
      .map((parameter) => ({ parameter, detail: `${parameter} is missing` })),
  ];
  if (errors.length > 0) throw new Problem('parameter_invalid', { errors });
  const types = query.types === undefined ? null : parseEventTypes(query.types);
  const serials = query.serials === undefined ? null : parseSerials(query.serials);
  return {
    ...(Object.fromEntries(given) as ExportSelection),
    types,
    serials: serials ?? undefined,
  };
}
