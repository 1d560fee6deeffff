import { setImmediate as turn } from 'node:timers/promises';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import type { FacilityId, Level } from '../../custody/facilities/facility-code.js';
import type { Facility } from '../../custody/facilities/facility.js';
import { FacilityRegister } from '../../custody/facilities/facility-register.js';
import type { ReadModelDatabase } from '../read-model-database.js';
import { ReadModels } from '../read-models.js';
import type { Scope } from '../scope.js';
import { totalStock } from '../stock/stock-answer.js';
import { COUNT_NAMES, noCounts, type CountName, type StockCounts } from '../stock/stock-counts.js';
import { STOCK_PROJECTION } from '../stock/stock-tables.js';
import { facilitiesOfLevel } from '../stock/stock-within.query.js';
import {
  columnsOf,
  rowOf,
  type ColumnOf,
  type ExportRow,
  type ExportTable,
} from './export-table.js';
import { isSeen } from './log-range.js';
import { rowsSnapshot } from './rows-snapshot.js';

/** Facilities looked up at a time. */
const SLICE_FACILITIES = 100;

export interface StockSelection {
  /** A facility: those below it, and it itself. Default: all the scope holds. */
  readonly within?: FacilityId | undefined;
  readonly level: Level;
  /** Decimal position the rows must hold for, at least. */
  readonly atLeast?: string | undefined;
}

/**
 * What every facility of a level within a region holds, with all below it: a row for each batch, and one
 * without a batch for those that never held anything and for cards without a legible serial. Null when
 * there is no such region.
 */
export class StockExport extends Query<ExportTable | null> {
  constructor(
    readonly scope: Scope,
    readonly selection: StockSelection,
  ) {
    super();
  }
}

interface StockLine {
  readonly facility: Facility;
  readonly batch: string | null;
  readonly counts: StockCounts;
}

/** `inTransitIn` as elsewhere. */
function countColumn(name: CountName): ColumnOf<StockLine> {
  return [name, 'count', ({ counts }) => counts[name]];
}

const COLUMNS: readonly ColumnOf<StockLine>[] = [
  ['facilityId', 'text', ({ facility }) => facility.facilityId],
  ['code', 'text', ({ facility }) => facility.code],
  ['name', 'text', ({ facility }) => facility.name],
  ['level', 'text', ({ facility }) => facility.level],
  ['batch', 'text', ({ batch }) => batch],
  ...COUNT_NAMES.map(countColumn),
];

@QueryHandler(StockExport)
export class StockExportHandler implements IQueryHandler<StockExport> {
  constructor(
    private readonly models: ReadModels,
    private readonly register: FacilityRegister,
  ) {}

  async execute({ scope, selection }: StockExport): Promise<ExportTable | null> {
    const { register, models } = this;
    const { within = scope.facilityId, level, atLeast } = selection;
    models.kept.assertKeepsOne([within]);
    if (!isSeen(register, scope, within)) return null;
    if (!models.kept.isAll) models.kept.assertKeepsAll(register.within(within));
    const facilities = facilitiesOfLevel(register, within, level);
    const { database, position } = await rowsSnapshot(models, [STOCK_PROJECTION], atLeast);
    return {
      name: 'stock',
      position,
      columns: columnsOf(COLUMNS),
      rows: (signal) => stockRows(database, facilities, signal),
    };
  }
}

async function* stockRows(
  database: ReadModelDatabase,
  facilities: readonly Facility[],
  signal: AbortSignal,
): AsyncGenerator<readonly ExportRow[], void, undefined> {
  try {
    for (let from = 0; from < facilities.length; from += SLICE_FACILITIES) {
      signal.throwIfAborted();
      const slice = facilities.slice(from, from + SLICE_FACILITIES);
      yield slice
        .flatMap((facility) => linesOf(database, facility))
        .map((it) => rowOf(COLUMNS, it));
      await turn();
    }
  } finally {
    database.close();
  }
}

function linesOf(database: ReadModelDatabase, facility: Facility): readonly StockLine[] {
  const { byBatch, unnumbered } = totalStock(database, facility.facilityId);
  const lines = byBatch.map(({ batch, ...counts }) => ({ facility, batch, counts }));
  if (lines.length > 0 && unnumbered === 0) return lines;
  return [...lines, { facility, batch: null, counts: { ...noCounts(), unnumbered } }];
}
