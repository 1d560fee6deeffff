import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { parseSerialRange, type SerialRange } from '../../custody/serials/serial-range.js';
import type { SerialParseError } from '../../custody/serials/serial-number.js';
import { SerialSet } from '../../custody/serials/serial-set.js';
import { CUSTODY_LINE_PROJECTION } from '../custody-line/custody-tables.js';
import { askApart, ReadModels } from '../read-models.js';
import type { Scope } from '../scope.js';
import type { TracedSerials } from './traced-serials.js';

/** The most serials or ranges one question names. */
export const MAX_TRACED = 1_000;

/** What many serials went through, those with one story together. */
export interface SerialsTrace extends TracedSerials {
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
    const question = { scope: scope.facilityId, serials: serials.toJson() };
    const names = [CUSTODY_LINE_PROJECTION];
    const answered = await askApart(this.models, names, atLeast, 'traceSerials', question);
    return { ...answered.answer, position: answered.position };
  }
}
