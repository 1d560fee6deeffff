import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Recorded } from '../../event-store/codec/ledger-event.js';
import { compareRows } from '../dump.js';
import { KeptEvents, type KeptProvinces } from '../kept-provinces.js';
import { upTo } from '../log-segment.js';
import type { Projection } from '../projection.js';
import { ProjectionRunner } from '../projection-runner.js';
import { ReadModelDatabase } from '../read-model-database.js';
import {
  keptProvinces,
  registeredProjections,
  registerProjections,
  type Halt,
} from '../registry.js';
import { SegmentBuilder } from '../segment-builder.js';
import { sizeByBatch } from '../stock/stock-movements.js';
import { noCounts, type CountName } from '../stock/stock-counts.js';
import { countsOf, NAMED_COUNTS, STOCK_PROJECTION } from '../stock/stock-tables.js';
import type { AuditDifference } from './audit-report.js';
import type { NationalBooks } from './national-books.js';

interface Audited {
  readonly runner: ProjectionRunner;
  /** Of the file's rows. */
  readonly position: bigint;
  readonly halts: Halt[];
}

/** So many events are taken in at once. */
const SEGMENT_EVENTS = 250_000;

const NOWHERE = { stream: null, revision: null, position: null } as const;

/** Compares a copy of the read models, made at one moment, with a fresh fold up to their position. */
export class ReadModelAudit {
  readonly differences: AuditDifference[] = [];
  rowsCompared = 0;
  readonly #events: KeptEvents;
  readonly #builder = new SegmentBuilder();
  #isStockCompared = false;

  private constructor(
    private readonly folder: string,
    private readonly copy: ReadModelDatabase,
    private readonly fresh: ReadModelDatabase,
    private readonly audited: readonly Audited[],
    private readonly kept: KeptProvinces,
  ) {
    this.#events = new KeptEvents(kept);
  }

  /** Null when there are no read models at `file`. A server may go on writing them. */
  static open(file: string, projections: readonly Projection[]): ReadModelAudit | null {
    if (!existsSync(file)) return null;
    const folder = mkdtempSync(join(tmpdir(), 'read-model-audit-'));
    const copyFile = join(folder, 'copy.db');
    const source = ReadModelDatabase.openReadOnly(file);
    try {
      source.run('VACUUM INTO ?', copyFile);
    } finally {
      source.close();
    }
    const copy = ReadModelDatabase.openReadOnly(copyFile);
    const fresh = ReadModelDatabase.open(join(folder, 'fresh.db'));
    const kept = keptProvinces(copy);
    registerProjections(fresh, projections, kept);
    const known = registeredProjections(copy);
    const tables = new Set(copy.all('SELECT name FROM sqlite_schema').map(({ name }) => name));
    const stale: AuditDifference[] = [];
    const audited = projections.flatMap((projection): readonly Audited[] => {
      const registered = known.get(projection.name);
      if (registered?.version !== projection.version) {
        stale.push({
          check: 'read_models',
          what: `version of ${projection.name}`,
          ...NOWHERE,
          expected: String(projection.version),
          actual: String(registered?.version ?? 'none'),
        });
        return [];
      }
      const missing = projection.tables.filter(({ name }) => !tables.has(name));
      if (missing.length > 0) {
        for (const { name } of missing)
          stale.push({
            check: 'read_models',
            what: `table ${name} of ${projection.name}`,
            ...NOWHERE,
            expected: 'there',
            actual: 'missing',
          });
        return [];
      }
      const halts: Halt[] = [];
      const runner = new ProjectionRunner(projection, fresh, (_name, halt) => halts.push(halt));
      return [{ runner, position: registered.position ?? 0n, halts }];
    });
    const audit = new ReadModelAudit(folder, copy, fresh, audited, kept);
    audit.differences.push(...stale);
    return audit;
  }

  /** Takes the next events of the log into the fresh fold, as far as each read model has come. */
  take(events: readonly Recorded[]): void {
    for (const event of events) {
      if (this.#events.passes(event)) this.#builder.add(event);
      else this.#builder.skip(event.position, event.metadata.recordedAt);
      if (this.#builder.size >= SEGMENT_EVENTS) this.#flush();
    }
  }

  /** What was gathered goes into each as far as its file has come. */
  #flush(): void {
    const segment = this.#builder.take();
    for (const { runner, position } of this.audited) {
      const part = segment.through <= position ? segment : upTo(segment, position);
      if (part.size > 0) runner.take(part);
    }
  }

  /** To be called with the books before each event, and at the end with `next` null. */
  compareStock(books: NationalBooks, next: bigint | null): void {
    const stock = this.audited.find(({ runner }) => runner.projection.name === STOCK_PROJECTION);
    // Of some provinces only, the stock is not the nation's.
    if (stock === undefined || this.#isStockCompared || !this.kept.isAll) return;
    if (next !== null && next <= stock.position) return;
    this.#isStockCompared = true;
    const expected = countsOfBooks(books);
    const rows = this.copy.iterate(`SELECT account, batch, ${NAMED_COUNTS} FROM stock_own`);
    for (const row of rows) {
      const key = `${String(row.account)} ${String(row.batch)}`;
      const wanted = expected.get(key) ?? noCounts();
      expected.delete(key);
      this.#compareCounts(key, wanted, countsOf(row));
    }
    for (const [key, wanted] of expected) this.#compareCounts(key, wanted, noCounts());
  }

  /** Compares all rows. `last`: position of the last event of the log. */
  finish(last: bigint | null): void {
    this.#flush();
    for (const { runner, position, halts } of this.audited) {
      const { name } = runner.projection;
      if (position > (last ?? 0n))
        this.#differ(`position of ${name}`, `at most ${String(last ?? 0n)}`, String(position));
      for (const { stream, revision, position: at, reason } of halts) {
        const what = `${name} cannot take an event in`;
        const place = { stream, revision, position: at };
        this.#differ(what, 'an event that follows from the rows', reason, place);
      }
      if (halts.length > 0) continue;
      const { rows, differences } = compareRows(this.fresh, this.copy, [runner.projection]);
      this.rowsCompared += rows;
      for (const { table, expected, actual } of differences)
        this.#differ(`row of ${table}`, expected ?? 'no row', actual ?? 'no row');
    }
  }

  close(): void {
    this.copy.close();
    this.fresh.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  #compareCounts(
    key: string,
    expected: Readonly<Record<CountName, number>>,
    actual: Readonly<Record<CountName, number>>,
  ): void {
    for (const name of COUNTED) {
      if (expected[name] !== actual[name])
        this.#differ(
          `${name} of ${key} in the stock`,
          String(expected[name]),
          String(actual[name]),
        );
    }
  }

  #differ(
    what: string,
    expected: string,
    actual: string,
    place: Pick<AuditDifference, 'stream' | 'revision' | 'position'> = NOWHERE,
  ): void {
    this.differences.push({ check: 'read_models', what, ...place, expected, actual });
  }
}

/** What the books by serial can say; what was produced and unnumbered cards are not places. */
const COUNTED = [
  'usable',
  'invalid',
  'issued',
  'missing',
  'destroyed',
  'inTransitIn',
  'inTransitOut',
] as const satisfies readonly CountName[];

function countsOfBooks(books: NationalBooks): Map<string, Record<CountName, number>> {
  const counts = new Map<string, Record<CountName, number>>();
  const add = (account: string, batch: string, name: CountName, size: number): void => {
    const key = `${account} ${batch}`;
    const sum = counts.get(key) ?? noCounts();
    counts.set(key, sum);
    sum[name] += size;
  };
  for (const [account, states] of books.accounts)
    for (const name of ['usable', 'invalid', 'issued', 'missing', 'destroyed'] as const)
      for (const { batch, size } of sizeByBatch(states[name])) add(account, batch, name, size);
  for (const { shipment, serials } of books.inTransit()) {
    for (const { batch, size } of sizeByBatch(serials)) {
      add(shipment.consignor, batch, 'inTransitOut', size);
      add(shipment.consignee, batch, 'inTransitIn', size);
    }
  }
  return counts;
}
