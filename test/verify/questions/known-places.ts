import { DatabaseSync } from 'node:sqlite';
import { SeededRandom } from '../../../src/scenarios/seeded-random.js';

/** What can be asked about in a ledger. */
export interface KnownPlaces {
  /** Accounts that ever held something, but batches. */
  readonly accounts: readonly string[];
  /** Milliseconds since the epoch, of the first event and the last. */
  readonly first: number;
  readonly last: number;
  readonly batch: string;
  readonly blanks: number;
}

export function knownPlaces(readModelsFile: string): KnownPlaces {
  const database = new DatabaseSync(readModelsFile, { readOnly: true });
  try {
    const accounts = database
      .prepare(`SELECT DISTINCT account FROM stock_own WHERE account NOT LIKE 'B.%'`)
      .all()
      .map(({ account }) => String(account));
    const times = database
      .prepare('SELECT min(ledger_time) AS first, max(ledger_time) AS last FROM history_time')
      .get();
    const batch = database
      .prepare(
        `SELECT batch, produced FROM stock_total WHERE facility = '00' ORDER BY produced DESC LIMIT 1`,
      )
      .get();
    return {
      accounts,
      first: Number(times?.first),
      last: Number(times?.last),
      batch: String(batch?.batch),
      blanks: Number(batch?.produced),
    };
  } finally {
    database.close();
  }
}

/** Random, and the same for the same seed. */
export class RandomQuestions {
  readonly #random: SeededRandom;

  constructor(
    private readonly places: KnownPlaces,
    purpose: string,
  ) {
    this.#random = SeededRandom.of(1, purpose);
  }

  account(): string {
    const { accounts } = this.places;
    return accounts[this.#random.whole(0, accounts.length - 1)] ?? '00';
  }

  /** To the millisecond, a day before the first event to the last. */
  instant(): number {
    const { first, last } = this.places;
    return first - 86_400_000 + this.#random.whole(0, last - first + 86_400_000);
  }

  /** 0 up to 1. */
  share(): number {
    return this.#random.next();
  }

  number(): number {
    return this.#random.whole(1, this.places.blanks);
  }

  serial(): string {
    return `${this.places.batch}/${this.number()}`;
  }
}
