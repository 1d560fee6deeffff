import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import type { AccountId } from '../../custody/account/account-id.js';
import type { BatchCode } from '../../custody/serials/serial-number.js';
import { CustodyLine } from '../custody-line/custody-line.js';
import { CUSTODY_LINE_PROJECTION } from '../custody-line/custody-tables.js';
import { Sight } from '../custody-line/sight.js';
import { storyRuns } from '../custody-line/stories.js';
import type { ReadModelDatabase, Row } from '../read-model-database.js';
import { ask, ReadModels } from '../read-models.js';
import type { Scope } from '../scope.js';
import { StoryGroups, type StoryGroup } from '../trace/story-groups.js';
import type { TraceEntry } from '../trace/trace-entry.js';
import { gapOf, parseGapId, type Gap } from './gap-answer.js';

/** The most gaps that are named beside the one asked for, of each kind. */
const MAX_RELATED = 100;
/** A gap has one story until it opens; afterwards each serial recovered may have its own. */
const MAX_STORIES = 1_000;

export interface GapDetails extends Gap {
  /** What its serials went through, from their production to now. */
  readonly groups: readonly StoryGroup[];
  /** What the steps of the groups name by position. */
  readonly entries: readonly TraceEntry[];
  /** What the same entry made missing. */
  readonly sameEntry: readonly Gap[];
  /** What else is missing, or was, of the same last handover. */
  readonly sameHandover: readonly Gap[];
  /** The position of the log the answer holds for. */
  readonly position: string;
}

/** Null when there is no such gap, or its account is not within the region asked for. */
export class GapById extends Query<GapDetails | null> {
  constructor(
    readonly scope: Scope,
    readonly gapId: string,
    /** Decimal position the answer must hold for. */
    readonly atLeast?: string,
  ) {
    super();
  }
}

const ONE = 'SELECT * FROM missing_gap WHERE batch = ? AND first = ? AND position = ?';
const OF_ENTRY = `SELECT * FROM missing_gap
  WHERE position = ? ORDER BY batch, first LIMIT ${MAX_RELATED}`;
const OF_HANDOVER = `SELECT * FROM missing_gap
  WHERE received_position = ? AND position <> ? ORDER BY position, batch, first LIMIT ${MAX_RELATED}`;

@QueryHandler(GapById)
export class GapByIdHandler implements IQueryHandler<GapById> {
  constructor(private readonly models: ReadModels) {}

  async execute({ scope, gapId, atLeast }: GapById): Promise<GapDetails | null> {
    const key = parseGapId(gapId);
    if (key === null) return null;
    this.models.kept.assertAll();
    return ask(this.models, [CUSTODY_LINE_PROJECTION], atLeast, (database, position) => {
      const row = database.get(ONE, key.batch, key.first, key.position);
      const sight = new Sight(scope, database);
      if (row === undefined || !sight.sees(String(row.account) as AccountId)) return null;
      return { ...detailsOf(database, sight, row), position };
    });
  }
}

function detailsOf(
  database: ReadModelDatabase,
  sight: Sight,
  row: Row,
): Omit<GapDetails, 'position'> {
  const line = new CustodyLine(database);
  const isOther = (other: Row): boolean =>
    other.first !== row.first || other.batch !== row.batch || other.position !== row.position;
  const related = (rows: readonly Row[]): readonly Gap[] =>
    rows
      .filter((other) => isOther(other) && sight.sees(String(other.account) as AccountId))
      .map((other) => gapOf(other, line, sight));
  const groups = storiesOf(line, sight, row);
  return {
    ...gapOf(row, line, sight),
    groups: groups.groups(),
    entries: groups.entries(),
    sameEntry: related(database.all(OF_ENTRY, row.position ?? null)),
    sameHandover:
      row.received_position === null
        ? []
        : related(database.all(OF_HANDOVER, row.received_position ?? null, row.position ?? null)),
  };
}

function storiesOf(line: CustodyLine, sight: Sight, row: Row): StoryGroups {
  const groups = new StoryGroups();
  const batch = String(row.batch) as BatchCode;
  for (const run of storyRuns(line, batch, Number(row.first), Number(row.last)))
    if (!groups.add(batch, run, sight.stepsOf(run.steps), MAX_STORIES)) break;
  return groups;
}
