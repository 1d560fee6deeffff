import { setImmediate as turn } from 'node:timers/promises';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import type { SerialRange } from '../../custody/serials/serial-range.js';
import type { SerialSet } from '../../custody/serials/serial-set.js';
import { CustodyLine } from '../custody-line/custody-line.js';
import { CUSTODY_LINE_PROJECTION } from '../custody-line/custody-tables.js';
import { Sight } from '../custody-line/sight.js';
import { storyRuns } from '../custody-line/stories.js';
import type { StoryRun, StoryStep } from '../custody-line/story.js';
import type { ReadModelDatabase } from '../read-model-database.js';
import { ReadModels } from '../read-models.js';
import type { Scope } from '../scope.js';
import { isoTime } from '../trace/trace-entry.js';
import {
  columnsOf,
  rowOf,
  type ColumnOf,
  type ExportRow,
  type ExportTable,
} from './export-table.js';
import { rowsSnapshot } from './rows-snapshot.js';

/** Runs told at a time: nobody waits longer for a turn than these take. */
const SLICE_RUNS = 50;

export interface TraceSelection {
  readonly serials: SerialSet;
  /** Decimal position the rows must hold for, at least. */
  readonly atLeast?: string | undefined;
}

/**
 * What serials went through, a row for each step of each longest run of serials with the same steps, as far as it
 * is within the scope. What was never produced has no rows.
 */
export class TraceExport extends Query<ExportTable> {
  constructor(
    readonly scope: Scope,
    readonly selection: TraceSelection,
  ) {
    super();
  }
}

interface TraceLine {
  readonly batch: string;
  readonly run: StoryRun;
  readonly step: StoryStep;
  /** From 1. */
  readonly number: number;
}

const COLUMNS: readonly ColumnOf<TraceLine>[] = [
  ['batch', 'text', ({ batch }) => batch],
  ['first', 'count', ({ run }) => run.first],
  ['last', 'count', ({ run }) => run.last],
  ['blanks', 'count', ({ run }) => run.last - run.first + 1],
  ['step', 'count', ({ number }) => number],
  ['position', 'position', ({ step }) => BigInt(step.entry.position)],
  ['recordedAt', 'instant', ({ step }) => isoTime(step.entry.ledgerTime)],
  ['effectiveAt', 'instant', ({ step }) => instantOf(step.effectiveAt)],
  ['occurredAt', 'text', ({ step }) => (step.entry.corrected ?? step.entry.occurred).value],
  ['occurredZone', 'text', ({ step }) => (step.entry.corrected ?? step.entry.occurred).zone],
  ['eventId', 'text', ({ step }) => step.entry.eventId],
  ['type', 'text', ({ step }) => step.entry.type],
  ['standing', 'text', ({ step }) => standingOf(step)],
  ['account', 'text', ({ step }) => step.entry.account],
  ['actor', 'text', ({ step }) => step.entry.actor.id],
  ['from', 'text', ({ step }) => step.from],
  ['to', 'text', ({ step }) => step.to],
  ['counterparty', 'text', ({ step }) => step.entry.counterparty],
  ['shipment', 'text', ({ step }) => step.entry.toShipment ?? step.entry.fromShipment],
];

@QueryHandler(TraceExport)
export class TraceExportHandler implements IQueryHandler<TraceExport> {
  constructor(private readonly models: ReadModels) {}

  async execute({ scope, selection }: TraceExport): Promise<ExportTable> {
    const { serials, atLeast } = selection;
    // Serials pass through the whole nation.
    this.models.kept.assertAll();
    const { database, position } = await rowsSnapshot(
      this.models,
      [CUSTODY_LINE_PROJECTION],
      atLeast,
    );
    return {
      name: 'trace',
      position,
      columns: columnsOf(COLUMNS),
      rows: (signal) => traceRows(database, new Sight(scope, database), serials, signal),
    };
  }
}

async function* traceRows(
  database: ReadModelDatabase,
  sight: Sight,
  serials: SerialSet,
  signal: AbortSignal,
): AsyncGenerator<readonly ExportRow[], void, undefined> {
  try {
    let rows: ExportRow[] = [];
    let runs = 0;
    for (const lines of runsOf(database, sight, serials.ranges())) {
      rows.push(...lines.map((line) => rowOf(COLUMNS, line)));
      // Also where nothing of them is seen.
      if (++runs % SLICE_RUNS !== 0) continue;
      yield rows;
      rows = [];
      await turn();
      signal.throwIfAborted();
    }
    yield rows;
  } finally {
    database.close();
  }
}

/** The lines of one run after the other. */
function* runsOf(
  database: ReadModelDatabase,
  sight: Sight,
  ranges: Iterable<SerialRange>,
): Generator<readonly TraceLine[], void, undefined> {
  for (const { batch, first, last } of ranges)
    for (const run of storyRuns(new CustodyLine(database), batch, first, last))
      yield sight
        .stepsOf(run.steps)
        .map((step, index) => ({ batch, run, step, number: index + 1 }));
}

function instantOf(ms: number | null): string | null {
  return ms === null ? null : isoTime(ms);
}

function standingOf({ isReversed, isReversal }: StoryStep): string {
  if (isReversed) return 'reversed';
  return isReversal ? 'reversal' : 'stands';
}
