import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { parseFindingId } from '../../custody/finding/finding.js';
import { cursorAt, InvalidCursor, pageSize, placeOf, type Cursor, type Page } from '../cursor.js';
import { CUSTODY_LINE_PROJECTION } from '../custody-line/custody-tables.js';
import { ask, askApart, ReadModels } from '../read-models.js';
import type { Scope } from '../scope.js';
import { STOCK_PROJECTION } from '../stock/stock-tables.js';
import { summaryOf, type FindingSummary, type MatchedFinding } from './finding-answer.js';
import { FINDINGS_PROJECTION } from './findings-projection.js';

export const FINDING_STATUSES = ['open', 'resolved', 'all'] as const;
export type FindingStatus = (typeof FINDING_STATUSES)[number];

export interface FindingsPage extends Page<FindingSummary> {
  /** The position of the log this page holds for. */
  readonly position: string;
}

/** Found, with what the books say of it now. */
export interface FindingAnswer extends MatchedFinding {
  /** The position of the log the answer holds for. */
  readonly position: string;
}

/** The latest first; of a region those that its offices recorded. @throws {InvalidCursor} */
export class Findings extends Query<FindingsPage> {
  constructor(
    readonly scope: Scope,
    readonly status: FindingStatus,
    readonly cursor: Cursor | null,
    /** Held to 1..1,000. */
    readonly limit: number,
    /** Decimal position the answer must hold for. */
    readonly atLeast?: string,
  ) {
    super();
  }
}

/** Null when there is no such finding, or no office of the region asked for recorded it. */
export class FindingById extends Query<FindingAnswer | null> {
  constructor(
    readonly scope: Scope,
    readonly findingId: string,
    /** Decimal position the answer must hold for. */
    readonly atLeast?: string,
  ) {
    super();
  }
}

const LISTING = 'findings';
const POSITION = /^[0-9]{1,15}$/;
const CONDITIONS: Readonly<Record<FindingStatus, string>> = {
  open: 'resolution IS NULL',
  resolved: 'resolution IS NOT NULL',
  all: '1',
};

@QueryHandler(Findings)
export class FindingsHandler implements IQueryHandler<Findings> {
  constructor(private readonly models: ReadModels) {}

  async execute({ scope, status, cursor, limit, atLeast }: Findings): Promise<FindingsPage> {
    const before = cursor === null ? String(Number.MAX_SAFE_INTEGER) : placeOf(LISTING, cursor);
    if (cursor !== null && !POSITION.test(before)) throw new InvalidCursor();
    const size = pageSize(limit);
    return ask(this.models, [FINDINGS_PROJECTION], atLeast, (database, position) => {
      const region = scope.condition(database, 'actor_facility');
      const rows = database.all(
        `SELECT * FROM finding WHERE ${CONDITIONS[status]} AND position < ? AND ${region.sql}
         ORDER BY position DESC LIMIT ?`,
        Number(before),
        ...region.values,
        size + 1,
      );
      const shown = rows.slice(0, size);
      const last = shown.at(-1);
      const hasMore = rows.length > size && last !== undefined;
      return {
        items: shown.map(summaryOf),
        nextCursor: hasMore ? cursorAt(LISTING, String(last.position)) : null,
        position,
      };
    });
  }
}

@QueryHandler(FindingById)
export class FindingByIdHandler implements IQueryHandler<FindingById> {
  constructor(private readonly models: ReadModels) {}

  async execute({ scope, findingId, atLeast }: FindingById): Promise<FindingAnswer | null> {
    const id = parseFindingId(findingId);
    if (id === null) return null;
    // What was found may have been anywhere.
    this.models.kept.assertAll();
    const names = [FINDINGS_PROJECTION, CUSTODY_LINE_PROJECTION, STOCK_PROJECTION];
    const question = { scope: scope.facilityId, findingId: id };
    const answered = await askApart(this.models, names, atLeast, 'finding', question);
    const { answer, position } = answered;
    return answer === null ? null : { ...answer, position };
  }
}
