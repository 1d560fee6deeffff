import type { Officer } from '../../custody/account/events.js';
import type { FacilityId } from '../../custody/facilities/facility-code.js';
import type { FindingId, FindingResolution } from '../../custody/finding/finding.js';
import type { OccurredAt } from '../../custody/occurrence.js';
import { SerialSet, type SerialSetJson } from '../../custody/serials/serial-set.js';
import { Sight } from '../custody-line/sight.js';
import type { ReadModelDatabase, Row } from '../read-model-database.js';
import { Scope } from '../scope.js';
import { serialTexts, type SerialTexts } from '../serial-texts.js';
import { matchesOf, type FindingMatches } from './finding-matches.js';

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

/** Found, with what the books say of it now. */
export interface MatchedFinding extends FindingSummary, FindingMatches {}

export interface FindingQuestion {
  /** The region asked for. */
  readonly scope: FacilityId;
  readonly findingId: FindingId;
}

/** Null when there is no such finding, or no office of the region recorded it. */
export function answerFinding(
  database: ReadModelDatabase,
  { scope: facilityId, findingId }: FindingQuestion,
): MatchedFinding | null {
  const scope = new Scope(facilityId);
  const region = scope.condition(database, 'actor_facility');
  const row = database.get(
    `SELECT * FROM finding WHERE finding_id = ? AND ${region.sql}`,
    findingId,
    ...region.values,
  );
  if (row === undefined) return null;
  const matches = matchesOf(database, new Sight(scope, database), serialsOf(row));
  return { ...summaryOf(row), ...matches };
}

function serialsOf({ serials }: Row): SerialSet {
  return SerialSet.fromJson(JSON.parse(String(serials)) as SerialSetJson);
}

/** Of a row of `finding`. */
export function summaryOf(row: Row): FindingSummary {
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
