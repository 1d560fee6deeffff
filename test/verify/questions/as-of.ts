import { openEmbeddedStore } from '../../../src/event-store/embedded/embedded-store.js';
import type { EventStore, RecordedEvent } from '../../../src/event-store/event-store.js';
import {
  answerStockAsOf,
  answerStocksAsOf,
} from '../../../src/read-models/history/history-answers.js';
import type { StockThen } from '../../../src/read-models/history/history-stock.js';
import { CLOCKS, type Clock } from '../../../src/read-models/history/history-tables.js';
import { ReadModelDatabase } from '../../../src/read-models/read-model-database.js';
import {
  amend,
  NaiveChanges,
  naiveStocks,
  noAmendments,
  type NaiveStock,
} from '../../support/naive-history.js';
import { RandomQuestions, type KnownPlaces } from './known-places.js';

export interface AsOfCheck {
  readonly clock: Clock;
  readonly instants: number;
  /** Figures compared, and those that differed: the first of them. */
  readonly figures: number;
  readonly differences: readonly string[];
}

const STATES = {
  usable: 'usable',
  invalid: 'invalid',
  issued: 'issued',
  missing: 'missing',
  destroyed: 'destroyed',
  unnumbered: 'unnumbered',
  transitIn: 'inTransitIn',
  transitOut: 'inTransitOut',
} as const;
const OFFICES_EACH = 5;
const MOST_TOLD = 10;

/**
 * Compares the stock at random instants with a naive fold of the log: some offices by themselves, all
 * provinces and the nation, in one sweep over the instants in order.
 */
export async function checkAsOf(
  files: { readonly ledger: string; readonly readModels: string },
  places: KnownPlaces,
  instants: number,
): Promise<readonly AsOfCheck[]> {
  const amended = noAmendments();
  await readAll(files.ledger, (event) => {
    amend(amended, event);
  });
  const database = ReadModelDatabase.openReadOnly(files.readModels);
  const checks: AsOfCheck[] = [];
  for (const clock of CLOCKS) {
    const naive = new NaiveChanges(clock, amended);
    await readAll(files.ledger, (event) => {
      naive.take(event);
    });
    checks.push(sweep(database, clock, places, { changes: naive.inOrder(), instants }));
  }
  database.close();
  return checks;
}

function sweep(
  database: ReadModelDatabase,
  clock: Clock,
  places: KnownPlaces,
  {
    changes,
    instants,
  }: { readonly changes: ReturnType<NaiveChanges['inOrder']>; readonly instants: number },
): AsOfCheck {
  const random = new RandomQuestions(places, `as of, ${clock}`);
  const times = Array.from({ length: instants }, () => random.instant()).sort((a, b) => a - b);
  const provinces = [...new Set(places.accounts.map((it) => it.slice(0, 2)))].sort();
  const differences: string[] = [];
  let figures = 0;
  const compare = (
    what: string,
    expected: NaiveStock,
    isWanted: (account: string) => boolean,
    actual: StockThen | undefined,
  ): void => {
    const sums = sumsOf(expected, isWanted);
    for (const [state, name] of Object.entries(STATES)) {
      figures += 1;
      const [wanted, found] = [sums[state] ?? 0, actual?.[name]];
      if (wanted !== found && differences.length < MOST_TOLD)
        differences.push(`${what}, ${name}: ${String(found)}, not ${wanted}`);
    }
  };
  let at = 0;
  for (const stock of naiveStocks(changes, times)) {
    const instant = times[at++] ?? 0;
    const question = { clock, moment: { kind: 'instant', instant } } as const;
    const when = new Date(instant).toISOString();
    for (let office = 0; office < OFFICES_EACH; office++) {
      const facilityId = random.account();
      const { own } = answerStockAsOf(database, { ...question, facilityId });
      compare(`${facilityId} at ${when}`, stock, (it) => it === facilityId, own);
    }
    const regions = ['00', ...provinces.filter((it) => it !== '00')];
    const asked = { ...question, within: '00', facilities: regions };
    const { totals } = answerStocksAsOf(database, asked);
    for (const [index, region] of regions.entries())
      compare(
        `${region} and below at ${when}`,
        stock,
        (it) => region === '00' || it === region || it.startsWith(`${region}.`),
        totals[index],
      );
  }
  return { clock, instants, figures, differences };
}

function sumsOf(stock: NaiveStock, isWanted: (account: string) => boolean) {
  const sums: Record<string, number> = {};
  for (const [key, counts] of stock)
    if (isWanted(key.slice(0, key.indexOf(' '))))
      for (const [state, blanks] of Object.entries(counts))
        sums[state] = (sums[state] ?? 0) + blanks;
  return sums;
}

/** In the order of the log. */
async function readAll(ledger: string, take: (event: RecordedEvent) => void): Promise<void> {
  const store: EventStore = openEmbeddedStore({ file: ledger, mode: 'reader' });
  for await (const batch of store.readAll()) for (const event of batch) take(event);
  await store.close();
}
