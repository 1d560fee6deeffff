import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { CENTRAL_STORE } from '../../custody/facilities/facility-code.js';
import type { ReadModelDatabase, Row } from '../read-model-database.js';
import { ask, ReadModels } from '../read-models.js';
import type { Scope } from '../scope.js';
import { noCounts } from '../stock/stock-counts.js';
import { countsOf, NAMED_COUNTS, STOCK_PROJECTION } from '../stock/stock-tables.js';
import type { BatchBooks } from './batch-books.js';
import { BATCHES_PROJECTION } from './batches-projection.js';

export interface BatchAnswer {
  readonly batch: string;
  /** Null for a legacy batch. */
  readonly contract: string | null;
  readonly vendor: string;
  readonly signedOn: string;
  readonly quantityContracted: number;
  readonly serialMax: number;
  readonly cardOrigin: string;
  readonly chipOrigin: string;
  readonly produced: number;
  /** Instalments recorded. */
  readonly deliveries: number;
  /** Whether production is over. */
  readonly closed: boolean;
  /** Null until production is over. */
  readonly shortage: number | null;
  readonly closingReason: string | null;
  readonly books: BatchBooks;
  /** The position of the log the answer holds for. */
  readonly position: string;
}

/** Null when there is no such batch. Batches are seen by the nation alone. */
export class BatchByCode extends Query<BatchAnswer | null> {
  constructor(
    readonly scope: Scope,
    readonly code: string,
    /** Decimal position the answer must hold for. */
    readonly atLeast?: string,
  ) {
    super();
  }
}

@QueryHandler(BatchByCode)
export class BatchByCodeHandler implements IQueryHandler<BatchByCode> {
  constructor(private readonly models: ReadModels) {}

  async execute({ scope, code, atLeast }: BatchByCode): Promise<BatchAnswer | null> {
    // Its books are the nation's.
    this.models.kept.assertAll();
    const names = [BATCHES_PROJECTION, STOCK_PROJECTION];
    return ask(this.models, names, atLeast, (database, position) => {
      if (!scope.isNation) return null;
      const row = database.get('SELECT * FROM batch WHERE code = ?', code);
      return row === undefined ? null : answer(row, booksOf(database, code), position);
    });
  }
}

function booksOf(database: ReadModelDatabase, code: string): BatchBooks {
  const sql = `SELECT ${NAMED_COUNTS} FROM stock_total WHERE facility = ? AND batch = ?`;
  const row = database.get(sql, CENTRAL_STORE, code);
  const counts = row === undefined ? noCounts() : countsOf(row);
  const { produced, usable, invalid, inTransitIn, issued, destroyed, missing } = counts;
  const accounted = usable + invalid + inTransitIn + issued + destroyed + missing;
  return {
    produced,
    usable,
    invalid,
    inTransit: inTransitIn,
    issued,
    destroyed,
    missing,
    balance: produced - accounted,
  };
}

function answer(row: Row, books: BatchBooks, position: string): BatchAnswer {
  const orNull = (value: unknown): string | null => (typeof value === 'string' ? value : null);
  return {
    batch: String(row.code),
    contract: orNull(row.contract),
    vendor: String(row.vendor),
    signedOn: String(row.signed_on),
    quantityContracted: Number(row.quantity_contracted),
    serialMax: Number(row.serial_max),
    cardOrigin: String(row.card_origin),
    chipOrigin: String(row.chip_origin),
    produced: books.produced,
    deliveries: Number(row.deliveries),
    closed: row.is_closed === 1,
    shortage: row.shortage === null ? null : Number(row.shortage),
    closingReason: orNull(row.closing_reason),
    books,
    position,
  };
}
