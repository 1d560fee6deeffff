import type { AccountId } from '../../custody/account/account-id.js';
import type { BatchCode } from '../../custody/serials/serial-number.js';
import type { SerialRange } from '../../custody/serials/serial-range.js';
import { SerialSet } from '../../custody/serials/serial-set.js';
import type { ReadModelDatabase } from '../read-model-database.js';
import type { CustodyLine } from './custody-line.js';
import { placeOfNumber, type PlaceName } from './places.js';
import { allBins } from './serial-bins.js';

/** What an account answers for of one batch and still has, or should have. */
export interface AccountHoldings {
  readonly usable: SerialSet;
  readonly invalid: SerialSet;
  readonly missing: SerialSet;
}

// The optimiser would walk through the whole batch instead of the entries of the account.
const MOVES = `SELECT r.position, r.first, r.last, r.from_place, r.to_place
  FROM custody_entry e INDEXED BY custody_entry_by_account
  CROSS JOIN custody_range r INDEXED BY custody_range_by_position
  WHERE e.account = ? AND r.position = e.position AND r.bin BETWEEN ? AND ?
  ORDER BY e.revision, r.part`;

/**
 * Folds the account's entries, and takes out what it issued. O(its entries, and issuances of what it has
 * left): some milliseconds for an office that prints.
 */
export function holdingsOf(
  database: ReadModelDatabase,
  line: CustodyLine,
  account: AccountId,
  batch: BatchCode,
): AccountHoldings {
  const number = line.batchNumber(batch);
  const held = { usable: SerialSet.empty, invalid: SerialSet.empty, missing: SerialSet.empty };
  if (number === null) return held;
  // By serial, where in the log an issuance of it was undone for the last time.
  const givenBack = new Map<number, number>();
  const { from, to } = allBins(number);
  for (const row of database.iterate(MOVES, account, from, to)) {
    const range = { batch, first: Number(row.first), last: Number(row.last) };
    const moved = SerialSet.of([range]);
    const [left, entered] = [placeOf(row.from_place), placeOf(row.to_place)];
    if (isHeld(left)) held[left] = held[left].subtract(moved);
    if (isHeld(entered)) held[entered] = held[entered].union(moved);
    if (left === 'issued' && entered === 'usable') givenBack.set(range.first, Number(row.position));
  }
  const issued = SerialSet.of(issuedOf(line, number, account, held.usable, givenBack));
  return { ...held, usable: held.usable.subtract(issued) };
}

function placeOf(number: unknown): PlaceName {
  return placeOfNumber(Number(number));
}

function isHeld(place: PlaceName): place is keyof AccountHoldings {
  return place === 'usable' || place === 'invalid' || place === 'missing';
}

/** Of serials that no range says have left, those that the account issued since. */
function* issuedOf(
  line: CustodyLine,
  number: number,
  account: AccountId,
  usable: SerialSet,
  givenBack: ReadonlyMap<number, number>,
): Generator<SerialRange, void, undefined> {
  for (const { batch, first, last } of usable.ranges()) {
    for (const { block, record, number: serial } of line.issuances(number, first, last)) {
      if (line.account(block.account(record)) !== account) continue;
      if (block.position(record) > (givenBack.get(serial) ?? 0))
        yield { batch, first: serial, last: serial };
    }
  }
}
