import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { parseSerialRange, type SerialRange } from '../../custody/serials/serial-range.js';
import type { SerialParseError } from '../../custody/serials/serial-number.js';
import { SerialSet } from '../../custody/serials/serial-set.js';
import { CustodyLine } from '../custody-line/custody-line.js';
import { CUSTODY_LINE_PROJECTION } from '../custody-line/custody-tables.js';
import { Sight } from '../custody-line/sight.js';
import type { ReadModelDatabase } from '../read-model-database.js';
import { ask, ReadModels } from '../read-models.js';
import type { Scope } from '../scope.js';
import { serialTexts, type SerialTexts } from '../serial-texts.js';
import { followSerials } from './followed-serials.js';
import type { StoryGroup } from './story-groups.js';
import type { TraceEntry } from './trace-entry.js';

/** The most serials or ranges one question names. */
export const MAX_TRACED = 1_000;
/** What many serials went through, those with one story together. */
export interface SerialsTrace {
  /** In the order of their first serials. */
  readonly groups: readonly StoryGroup[];
  /** What the steps of the groups name by position, in the order of the log. */
  readonly entries: readonly TraceEntry[];
  /** Never produced, or not within the region that is asked for. */
  readonly notFound: SerialTexts;
  /** Not followed, for the answer has its bounds: ask for them by themselves. */
  readonly notTraced: SerialTexts;
  /** The position of the log the answer holds for. */
  readonly position: string;
}

/** Follows up to {@link MAX_TRACED} ranges at once, of which none need be apart from the others. */
export class TraceSerials extends Query<SerialsTrace> {
  constructor(
    readonly scope: Scope,
    readonly serials: SerialSet,
    /** Decimal position the answer must hold for. */
    readonly atLeast?: string,
  ) {
    super();
  }
}

/** Reads texts that name serials or ranges, overlapping or not; or says of each that does not what is wrong. */
export function serialsNamed(texts: readonly string[]): {
  readonly serials: SerialSet;
  readonly faults: readonly SerialParseError[];
} {
  const ranges: SerialRange[] = [];
  const faults: SerialParseError[] = [];
  for (const [at, text] of texts.entries()) {
    const parsed = parseSerialRange(text);
    if (parsed.ok) ranges.push(parsed.value);
    else faults.push({ ...parsed.error, at });
  }
  return { serials: SerialSet.of(ranges), faults };
}

@QueryHandler(TraceSerials)
export class TraceSerialsHandler implements IQueryHandler<TraceSerials> {
  constructor(private readonly models: ReadModels) {}

  async execute({ scope, serials, atLeast }: TraceSerials): Promise<SerialsTrace> {
    // Serials pass through the whole nation.
    this.models.kept.assertAll();
    return ask(this.models, [CUSTODY_LINE_PROJECTION], atLeast, (database, position) => ({
      ...traced(database, scope, serials),
      position,
    }));
  }
}

function traced(
  database: ReadModelDatabase,
  scope: Scope,
  serials: SerialSet,
): Omit<SerialsTrace, 'position'> {
  const sight = new Sight(scope, database);
  const followed = followSerials(new CustodyLine(database), sight, serials);
  const { groups, neverProduced, unseen, notFollowed } = followed;
  return {
    groups: groups.groups(),
    entries: groups.entries(),
    notFound: serialTexts(neverProduced.plus(unseen)),
    notTraced: serialTexts(notFollowed),
  };
}
