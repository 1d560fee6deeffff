import type { Query } from '@nestjs/cqrs';
import type { Level } from '../../custody/facilities/facility-code.js';
import type { Scope } from '../scope.js';
import { EventsExport } from './events-export.query.js';
import type { ExportTable } from './export-table.js';
import type { LogSelection } from './log-range.js';
import { serialsNamed } from '../trace/trace-serials.query.js';
import { MovementsExport } from './movements-export.query.js';
import { SerialSet } from '../../custody/serials/serial-set.js';
import { StockExport } from './stock-export.query.js';
import { TraceExport } from './trace-export.query.js';

/** Everything that can be said to narrow an export, whichever it is. */
export interface ExportSelection extends LogSelection {
  readonly level?: Level | undefined;
  readonly serials?: SerialSet | undefined;
  readonly atLeast?: string | undefined;
}

export type ExportParameter = keyof ExportSelection;

interface ExportKind {
  /** What may be said of it. */
  readonly parameters: readonly ExportParameter[];
  /** What must be. */
  readonly required: readonly ExportParameter[];
  readonly question: (scope: Scope, selection: ExportSelection) => Query<ExportTable | null>;
}

const OF_THE_LOG = [
  'within',
  'account',
  'after',
  'to',
  'recordedFrom',
  'recordedTo',
  'types',
] as const;

/** Everything that can be exported, by its name. Further ones are added here alone. */
export const EXPORTS = {
  events: {
    parameters: OF_THE_LOG,
    required: [],
    question: (scope, selection) => new EventsExport(scope, selection),
  },
  movements: {
    parameters: OF_THE_LOG,
    required: [],
    question: (scope, selection) => new MovementsExport(scope, selection),
  },
  stock: {
    parameters: ['within', 'level', 'atLeast'],
    required: ['level'],
    question: (scope, { level = 'province', ...selection }) =>
      new StockExport(scope, { ...selection, level }),
  },
  trace: {
    parameters: ['serials', 'atLeast'],
    required: ['serials'],
    question: (scope, { serials = SerialSet.empty, atLeast }) =>
      new TraceExport(scope, { serials, atLeast }),
  },
} as const satisfies Readonly<Record<string, ExportKind>>;

export type ExportName = keyof typeof EXPORTS;

export function isExportName(text: string): text is ExportName {
  return Object.hasOwn(EXPORTS, text);
}

export function exportKind(name: ExportName): ExportKind {
  return EXPORTS[name];
}

/** Serials or ranges with commas between, overlapping or not; null where one is none. */
export function parseSerials(text: string): SerialSet | null {
  const { serials, faults } = serialsNamed(text.split(','));
  return faults.length === 0 ? serials : null;
}
