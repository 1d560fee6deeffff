import type { IssuanceColumns } from '../issuance-columns.js';
import type { ReadModelDatabase } from '../read-model-database.js';
import type { NameNumbers } from './issuance-record.js';

export const NAME_KINDS = ['account', 'actor', 'batch'] as const;
export type NameKind = (typeof NAME_KINDS)[number];

/** From so many on, all names of a kind are read at once instead of one by one. */
const MANY = 2_000;

/** A batch, and where in the log a stretch of it first names it. */
export interface BatchSeen {
  readonly batch: string;
  readonly position: number;
}

/** The names of a stretch of the log by their numbers. */
export interface SegmentNames extends NameNumbers {
  /** Of the batches of the ranges. */
  readonly batchNumbers: ReadonlyMap<string, number>;
}

/**
 * Numbers all names of a stretch; those that are new get the next ones in the order of the log, so
 * that it does not matter where stretches end.
 * @param seen the batches that entries other than issuances name, in the order of the log
 */
export function numberNames(
  database: ReadModelDatabase,
  columns: IssuanceColumns,
  seen: readonly BatchSeen[],
): SegmentNames {
  const { count } = columns;
  const actors = columns.actors.map(({ id, role, facilityId }) =>
    JSON.stringify([id, role, facilityId]),
  );
  const accountOrder = inOrderOfComing(columns.account, count, columns.accounts.length);
  const actorOrder = inOrderOfComing(columns.actor, count, actors.length);
  const batchNumbers = numbered(database, 'batch', batchesInOrder(columns, seen));
  const accountNumbers = numbered(
    database,
    'account',
    accountOrder.map((index) => columns.accounts[index] ?? ''),
  );
  const actorNumbers = numbered(
    database,
    'actor',
    actorOrder.map((index) => actors[index] ?? ''),
  );
  return {
    accounts: Uint32Array.from(columns.accounts, (it) => accountNumbers.get(it) ?? 0),
    actors: Uint32Array.from(actors, (it) => actorNumbers.get(it) ?? 0),
    batches: Uint32Array.from(columns.batches, (it) => batchNumbers.get(it) ?? 0),
    batchNumbers,
  };
}

/** The indexes that a column has, each once, in the order of its rows. */
function inOrderOfComing(column: Uint32Array, count: number, size: number): readonly number[] {
  const isSeen = new Uint8Array(size);
  const order: number[] = [];
  for (let row = 0; row < count && order.length < size; row++) {
    const index = column[row] ?? 0;
    if (isSeen[index] === 1) continue;
    isSeen[index] = 1;
    order.push(index);
  }
  return order;
}

/** Those of issuances and of other entries, as they follow each other in the log. */
function batchesInOrder(
  { count, batches, batch, replacedBatch, position }: IssuanceColumns,
  seen: readonly BatchSeen[],
): readonly string[] {
  const isSeen = new Uint8Array(batches.length);
  const all: BatchSeen[] = [];
  const see = (index: number, row: number): void => {
    if (index < 0 || isSeen[index] === 1) return;
    isSeen[index] = 1;
    all.push({ batch: batches[index] ?? '', position: position[row] ?? 0 });
  };
  for (let row = 0; row < count; row++) {
    see(batch[row] ?? 0, row);
    see(replacedBatch[row] ?? -1, row);
  }
  // Stable: of one event, the batches stay in the order they were seen in.
  const ordered = [...all, ...seen].sort((a, b) => a.position - b.position);
  return [...new Set(ordered.map((it) => it.batch))];
}

/** @param texts each once, in the order of the log */
function numbered(
  database: ReadModelDatabase,
  kind: NameKind,
  texts: readonly string[],
): ReadonlyMap<string, number> {
  const numbers = new Map<string, number>();
  if (texts.length === 0) return numbers;
  const known = texts.length < MANY ? null : allNames(database, kind);
  const row = database.get('SELECT count(*) AS next FROM custody_name WHERE kind = ?', kind);
  let next = Number(row?.next ?? 0);
  const fresh: string[] = [];
  for (const text of texts) {
    const number = known === null ? numberOfName(database, kind, text) : known.get(text);
    if (number === undefined || number === null) fresh.push(text);
    numbers.set(text, number ?? next++);
  }
  // In key order, which costs a B-tree several times less than at random.
  for (const text of fresh.sort())
    database.run(
      'INSERT INTO custody_name VALUES (?, ?, ?)',
      kind,
      text,
      numbers.get(text) ?? null,
    );
  return numbers;
}

function allNames(database: ReadModelDatabase, kind: NameKind): ReadonlyMap<string, number> {
  const numbers = new Map<string, number>();
  const sql = 'SELECT text, number FROM custody_name WHERE kind = ?';
  for (const { text, number } of database.iterate(sql, kind))
    numbers.set(String(text), Number(number));
  return numbers;
}

/** Null for a name that no row has. */
export function numberOfName(
  database: ReadModelDatabase,
  kind: NameKind,
  text: string,
): number | null {
  const sql = 'SELECT number FROM custody_name WHERE kind = ? AND text = ?';
  const row = database.get(sql, kind, text);
  return row === undefined ? null : Number(row.number);
}

/** The name that a number stands for. @throws {Error} for none: the rows do not fit each other */
export function nameOfNumber(database: ReadModelDatabase, kind: NameKind, number: number): string {
  const sql = 'SELECT text FROM custody_name WHERE kind = ? AND number = ?';
  const row = database.get(sql, kind, number);
  if (row === undefined) throw new Error(`no ${kind} has the number ${number}`);
  return String(row.text);
}
