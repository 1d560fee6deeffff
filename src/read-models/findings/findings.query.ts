import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import type { Officer } from '../../custody/account/events.js';
import { parseFindingId, type FindingResolution } from '../../custody/finding/finding.js';
import type { OccurredAt } from '../../custody/occurrence.js';
import { SerialSet, type SerialSetJson } from '../../custody/serials/serial-set.js';
import { cursorAt, InvalidCursor, pageSize, placeOf, type Cursor, type Page } from '../cursor.js';
import { CUSTODY_LINE_PROJECTION } from '../custody-line/custody-tables.js';
import { Sight } from '../custody-line/sight.js';
import type { Row } from '../read-model-database.js';
import { ask, ReadModels } from '../read-models.js';
import type { Scope } from '../scope.js';
import { serialTexts, type SerialTexts } from '../serial-texts.js';
import { STOCK_PROJECTION } from '../stock/stock-tables.js';
import { matchesOf, type FindingMatches } from './finding-matches.js';
import { FINDINGS_PROJECTION } from './findings-projection.js';

export const FINDING_STATUSES = ['open', 'resolved', 'all'] as const;
export type FindingStatus = (typeof FINDING_STATUSES)[number];

export interface FindingSummary {
  readonly findingId: string;
  readonly place: string;
  readonly serials: SerialTexts;
  readonly chipUids: readonly string[];
  /** Cards without a legible serial. */
  readonly illegibleCount: number;
  /** Lower-case hex SHA-256 of each photo. */
  readonly photos: readonly string[];
  readonly occurredAt: OccurredAt;
  readonly recordedAt: string;
  readonly eventId: string;
  readonly recordedBy: Officer;
  /** Null while nobody has said how the books account for it. */
  readonly resolution: FindingResolved | null;
}

export interface FindingResolved {
  readonly how: FindingResolution;
  /** The entries that carried it out. */
  readonly eventIds: readonly string[];
  readonly eventId: string;
  readonly recordedAt: string;
  readonly occurredAt: OccurredAt;
  readonly actor: Officer;
}

export interface FindingsPage extends Page<FindingSummary> {
  /** The position of the log this page holds for. */
  readonly position: string;
}

/** Found, with what the books say of it now. */
export interface FindingAnswer extends FindingSummary, FindingMatches {
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
    return ask(this.models, names, atLeast, (database, position) => {
      const region = scope.condition(database, 'actor_facility');
      const row = database.get(
        `SELECT * FROM finding WHERE finding_id = ? AND ${region.sql}`,
        id,
        ...region.values,
      );
      if (row === undefined) return null;
      const matches = matchesOf(database, new Sight(scope, database), serialsOf(row));
      return { ...summaryOf(row), ...matches, position };
    });
  }
}

function serialsOf({ serials }: Row): SerialSet {
  return SerialSet.fromJson(JSON.parse(String(serials)) as SerialSetJson);
}

function summaryOf(row: Row): FindingSummary {
  return {
    findingId: String(row.finding_id),
    place: String(row.place),
    serials: serialTexts(serialsOf(row)),
    chipUids: JSON.parse(String(row.chip_uids)) as readonly string[],
    illegibleCount: Number(row.illegible),
    photos: JSON.parse(String(row.photos)) as readonly string[],
    occurredAt: JSON.parse(String(row.occurred_at)) as OccurredAt,
    recordedAt: String(row.recorded_at),
    eventId: String(row.event_id),
    recordedBy: JSON.parse(String(row.actor)) as Officer,
    resolution:
      row.resolution === null ? null : (JSON.parse(String(row.resolution)) as FindingResolved),
  };
}
