import { assert } from '../../custody/assert.js';
import type { AccountId } from '../../custody/account/account-id.js';
import { ISSUANCE_REASONS } from '../../custody/account/events.js';
import { ZONES } from '../../custody/occurrence.js';
import { ZONE_NAMES, type IssuanceColumns } from '../issuance-columns.js';
import type { ReadModelDatabase } from '../read-model-database.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** Milliseconds from UTC to local time, by the index of the zone. */
const OFFSETS = ZONE_NAMES.map((zone) => ZONES[zone] * HOUR_MS);

/** Entries of one account that follow each other, of one reason and day. */
interface Run {
  first: number;
  last: number;
  /** Into `ISSUANCE_REASONS`. */
  readonly reason: number;
  /** Days since 1970-01-01, local. */
  readonly day: number;
}

interface Sum {
  readonly account: AccountId;
  readonly reason: string;
  readonly day: string;
  blanks: number;
}

/** What a stretch of the log issues, gathered in memory; each row is written once, in key order. */
export class IssuedBlanks {
  readonly #sums = new Map<string, Sum>();

  constructor(private readonly database: ReadModelDatabase) {}

  /** In the order of the log. O(rows). */
  take(issuances: IssuanceColumns): void {
    const runs = runsOf(issuances);
    const ofAccount = [...runs].map(([index, list]): [AccountId, readonly Run[]] => {
      const account = issuances.accounts[index];
      assert(account !== undefined, 'every issuance names its account');
      return [account, list];
    });
    for (const [account, list] of ofAccount.sort(([a], [b]) => (a < b ? -1 : 1))) {
      for (const { first, last, reason, day } of list)
        this.#add(account, reasonAt(reason), dayText(day), last - first + 1);
      this.#writeRuns(account, list);
    }
  }

  /** The issuance at a revision was entered in error. */
  reverse(account: AccountId, revision: number): void {
    const issued = this.#find(account, revision);
    assert(issued !== null, 'an issuance is recorded before it is reversed');
    this.#add(account, issued.reason, issued.day, -1);
  }

  /** The entry at a revision, if it is an issuance, happened on another day. */
  correct(account: AccountId, revision: number, day: string): void {
    const issued = this.#find(account, revision);
    if (issued === null) return;
    this.#add(account, issued.reason, issued.day, -1);
    this.#add(account, issued.reason, day, 1);
    this.database.run(
      'INSERT OR REPLACE INTO demand_corrected VALUES (?, ?, ?)',
      account,
      revision,
      day,
    );
  }

  write(): void {
    const inKeyOrder = [...this.#sums].sort(([a], [b]) => (a < b ? -1 : 1));
    for (const [, { account, day, reason, blanks }] of inKeyOrder) {
      if (blanks === 0) continue;
      const key = [account, day, reason] as const;
      this.database.run(
        `INSERT INTO demand_issued VALUES (?, ?, ?, ?) ON CONFLICT (account, day, reason)
         DO UPDATE SET blanks = blanks + excluded.blanks`,
        ...key,
        blanks,
      );
      if (blanks < 0)
        this.database.run(
          'DELETE FROM demand_issued WHERE account = ? AND day = ? AND reason = ? AND blanks = 0',
          ...key,
        );
    }
  }

  #add(account: AccountId, reason: string, day: string, blanks: number): void {
    const key = `${account} ${day} ${reason}`;
    const sum = this.#sums.get(key);
    if (sum === undefined) this.#sums.set(key, { account, reason, day, blanks });
    else sum.blanks += blanks;
  }

  /** The last run on record goes on where the first of these follows it. */
  #writeRuns(account: AccountId, runs: readonly Run[]): void {
    const before = this.database.get(
      `SELECT first_revision, last_revision, reason, day FROM demand_run
       WHERE account = ? ORDER BY first_revision DESC LIMIT 1`,
      account,
    );
    for (const [at, { first, last, reason, day }] of runs.entries()) {
      const goesOn =
        at === 0 &&
        before?.last_revision === first - 1 &&
        before.reason === reasonAt(reason) &&
        before.day === dayText(day);
      this.database.run(
        'INSERT OR REPLACE INTO demand_run VALUES (?, ?, ?, ?, ?)',
        account,
        goesOn ? Number(before.first_revision) : first,
        last,
        reasonAt(reason),
        dayText(day),
      );
    }
  }

  /** Null where the entry at the revision is no issuance. */
  #find(
    account: AccountId,
    revision: number,
  ): { readonly reason: string; readonly day: string } | null {
    const run = this.database.get(
      `SELECT last_revision, reason, day FROM demand_run
       WHERE account = ? AND first_revision <= ? ORDER BY first_revision DESC LIMIT 1`,
      account,
      revision,
    );
    if (run === undefined || Number(run.last_revision) < revision) return null;
    const corrected = this.database.get(
      'SELECT day FROM demand_corrected WHERE account = ? AND revision = ?',
      account,
      revision,
    );
    return { reason: String(run.reason), day: String(corrected?.day ?? run.day) };
  }
}

/** By the index of the account, each in the order of its stream. */
function runsOf(issuances: IssuanceColumns): ReadonlyMap<number, readonly Run[]> {
  const { count, account, revision, occurredAt, zone, reason } = issuances;
  const runs = new Map<number, Run[]>();
  let list: Run[] = [];
  let current = -1;
  for (let row = 0; row < count; row++) {
    const of = account[row] ?? 0;
    if (of !== current) {
      current = of;
      list = runs.get(of) ?? [];
      runs.set(of, list);
    }
    const day = Math.floor(((occurredAt[row] ?? 0) + (OFFSETS[zone[row] ?? 0] ?? 0)) / DAY_MS);
    const at = revision[row] ?? 0;
    const why = reason[row] ?? 0;
    const run = list.at(-1);
    if (run?.last === at - 1 && run.reason === why && run.day === day) run.last = at;
    else list.push({ first: at, last: at, reason: why, day });
  }
  return runs;
}

function reasonAt(index: number): string {
  const reason = ISSUANCE_REASONS[index];
  assert(reason !== undefined, 'every issuance has a reason');
  return reason;
}

const DAY_LENGTH = '2017-03-31'.length;

function dayText(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, DAY_LENGTH);
}
