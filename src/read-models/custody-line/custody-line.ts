import type { AccountId } from '../../custody/account/account-id.js';
import type { Officer } from '../../custody/account/events.js';
import type { OccurredAt } from '../../custody/occurrence.js';
import type { ReadModelDatabase, Row } from '../read-model-database.js';
import { nameOfNumber, numberOfName, type NameKind } from './custody-names.js';
import { blockOf, IssuanceBlock } from './issuance-record.js';
import { placeOfNumber, type PlaceName } from './places.js';
import { batchOfBin, binsOf, binSpans } from './serial-bins.js';
import { entryOfRow, occurredOfRow, PackedIssuance, type StoryEntry } from './story-entry.js';

/** A stretch of serials that one entry moved. */
export interface MovedRange {
  readonly first: number;
  readonly last: number;
  readonly position: number;
  readonly from: PlaceName;
  readonly to: PlaceName;
}

/** An issuance, unopened: its place in a block. */
export interface IssuanceRecord {
  readonly block: IssuanceBlock;
  readonly record: number;
  readonly number: number;
}

const RANGE_COLUMNS = 'first, last, position, from_place, to_place';
const ONE_SERIAL = `SELECT ${RANGE_COLUMNS} FROM custody_range
  WHERE bin IN (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) AND first <= ? AND last >= ?`;
const OVERLAPPING = `SELECT ${RANGE_COLUMNS} FROM custody_range
  WHERE bin BETWEEN ? AND ? AND first <= ? AND last >= ?`;
/** Blocks read at once: few, so that a walk through a whole batch needs little memory. */
const BLOCKS_AT_ONCE = 64;
const BLOCKS = `SELECT block, records FROM custody_issuance
  WHERE block BETWEEN ? AND ? ORDER BY block LIMIT ${BLOCKS_AT_ONCE}`;

/**
 * What the tables of the custody line say, with what was read kept for the next question: for one
 * answer, in one snapshot.
 */
export class CustodyLine {
  readonly #entries = new Map<number, StoryEntry>();
  readonly #batches = new Map<string, number | null>();
  readonly #names = new Map<string, string>();
  readonly #officers = new Map<number, Officer>();
  readonly #corrections = new Map<AccountId, ReadonlyMap<number, OccurredAt>>();

  constructor(private readonly database: ReadModelDatabase) {}

  /** The number a batch has in the rows; null while nothing of it was ever moved. */
  batchNumber(batch: string): number | null {
    const known = this.#batches.get(batch);
    if (known !== undefined) return known;
    const number = numberOfName(this.database, 'batch', batch);
    this.#batches.set(batch, number);
    return number;
  }

  /** Every stretch moved that shares a serial with `first`..`last`, in no order. */
  ranges(batch: number, first: number, last: number): readonly MovedRange[] {
    const rows =
      first === last
        ? this.database.all(ONE_SERIAL, ...binsOf(batch, first), first, first)
        : binSpans(batch, first, last).flatMap(({ from, to }) =>
            this.database.all(OVERLAPPING, from, to, last, first),
          );
    return rows.map(rangeOfRow);
  }

  /** The issuances of `first`..`last`, by number and then in the order of the log. */
  *issuances(
    batch: number,
    first: number,
    last: number,
  ): Generator<IssuanceRecord, void, undefined> {
    const end = blockOf(batch, last);
    for (let from = blockOf(batch, first); from <= end;) {
      const rows = this.database.all(BLOCKS, from, end);
      for (const row of rows) {
        const block = new IssuanceBlock(Number(row.block), row.records as Uint8Array);
        for (let record = 0; record < block.count; record++) {
          const number = block.number(record);
          if (number >= first && number <= last) yield { block, record, number };
        }
      }
      const latest = rows.at(-1);
      if (latest === undefined || rows.length < BLOCKS_AT_ONCE) return;
      from = Number(latest.block) + 1;
    }
  }

  /** The entry at a position, which is no issuance. @throws {Error} there is none: the rows do not fit */
  entry(position: number): StoryEntry {
    const known = this.#entries.get(position);
    if (known !== undefined) return known;
    const row = this.database.get('SELECT * FROM custody_entry WHERE position = ?', position);
    if (row === undefined) throw new Error(`no entry of an account stands at ${position}`);
    return this.#keep(row);
  }

  /** The entry of an account at a revision; null where there is none, or an issuance. */
  entryOf(account: AccountId, revision: number): StoryEntry | null {
    const sql = 'SELECT * FROM custody_entry WHERE account = ? AND revision = ?';
    const row = this.database.get(sql, account, revision);
    return row === undefined ? null : this.#keep(row);
  }

  /** The entry at a position; null where none stands, or an issuance. */
  entryAt(position: number): StoryEntry | null {
    const known = this.#entries.get(position);
    if (known !== undefined) return known;
    const sql = 'SELECT * FROM custody_entry AS entry WHERE entry.position = ?';
    const row = this.database.get(sql, position);
    return row === undefined ? null : this.#keep(row);
  }

  /** What an entry that is no issuance moved. */
  rangesOf(position: number): readonly (MovedRange & { readonly batch: string })[] {
    const sql = `SELECT bin, ${RANGE_COLUMNS} FROM custody_range AS moved
      WHERE moved.position = ? ORDER BY moved.part`;
    return this.database.all(sql, position).map((row) => ({
      batch: this.batch(batchOfBin(Number(row.bin))),
      ...rangeOfRow(row),
    }));
  }

  opened({ block, record }: IssuanceRecord): StoryEntry {
    return new PackedIssuance(block, record, this);
  }

  readonly account = (number: number): AccountId => this.#name('account', number) as AccountId;

  readonly batch = (number: number): string => this.#name('batch', number);

  readonly actor = (number: number): Officer => {
    const known = this.#officers.get(number);
    if (known !== undefined) return known;
    const [id, role, facilityId] = JSON.parse(this.#name('actor', number)) as [
      string,
      string,
      string,
    ];
    const officer = { id, role, facilityId };
    this.#officers.set(number, officer);
    return officer;
  };

  /** When an entry happened after all; null where it was never corrected. */
  readonly correction = (account: AccountId, revision: number): OccurredAt | null => {
    const known = this.#corrections.get(account) ?? this.#correctionsOf(account);
    return known.get(revision) ?? null;
  };

  #keep(row: Row): StoryEntry {
    const corrected = this.correction(String(row.account) as AccountId, Number(row.revision));
    const entry = entryOfRow(row, corrected);
    this.#entries.set(entry.position, entry);
    return entry;
  }

  #correctionsOf(account: AccountId): ReadonlyMap<number, OccurredAt> {
    const rows = this.database.all('SELECT * FROM custody_correction WHERE account = ?', account);
    const corrections = new Map(rows.map((row) => [Number(row.revision), occurredOfRow(row)]));
    this.#corrections.set(account, corrections);
    return corrections;
  }

  #name(kind: NameKind, number: number): string {
    const key = `${kind} ${number}`;
    const known = this.#names.get(key);
    if (known !== undefined) return known;
    const name = nameOfNumber(this.database, kind, number);
    this.#names.set(key, name);
    return name;
  }
}

function rangeOfRow(row: Row): MovedRange {
  return {
    first: Number(row.first),
    last: Number(row.last),
    position: Number(row.position),
    from: placeOfNumber(Number(row.from_place)),
    to: placeOfNumber(Number(row.to_place)),
  };
}
