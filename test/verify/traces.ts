import { decodeEvent } from '../../src/event-store/codec/event-codec.js';
import { openEmbeddedStore } from '../../src/event-store/embedded/embedded-store.js';
import { storyOf } from '../../src/read-models/custody-line/stories.js';
import type { StoryRun } from '../../src/read-models/custody-line/story.js';
import { ReadModelDatabase } from '../../src/read-models/read-model-database.js';
import { registeredProjections } from '../../src/read-models/registry.js';
import { SeededRandom } from '../../src/scenarios/seeded-random.js';
import { NaiveTrace, type Asked, type NaiveRun } from '../support/naive-trace.js';

/** How the custody line of a whole ledger compares to a scan of its log. */
export interface TracesCompared {
  readonly serials: number;
  readonly ranges: number;
  /** Runs with one story that were compared. */
  readonly runs: number;
  /** The first of them; none in a custody line that is right. */
  readonly differences: readonly { readonly asked: Asked; readonly told: unknown }[];
}

/*
 * `node traces.js LEDGER READ_MODELS [SEED]` follows 2,000 random serials and 200 random ranges by the read
 * model and by reading the whole log, up to the position of the read model, and writes a
 * {@link TracesCompared} as JSON.
 */

const SERIALS = 2_000;
const RANGES = 200;
const LONGEST = 2_000;
const MOST_TOLD = 10;

function choose(database: ReadModelDatabase, seed: number): readonly Asked[] {
  const random = SeededRandom.of(seed, 'traces');
  const batches = database.all('SELECT code, serial_max FROM batch ORDER BY code');
  const some = (length: number): Asked => {
    const row = batches[random.whole(0, batches.length - 1)];
    const max = Number(row?.serial_max ?? 1);
    const first = random.whole(1, max);
    return { batch: String(row?.code), first, last: Math.min(max, first + length - 1) };
  };
  return [
    ...Array.from({ length: SERIALS }, () => some(1)),
    ...Array.from({ length: RANGES }, () => some(random.whole(2, LONGEST))),
  ];
}

function plain({ first, last, steps }: StoryRun): NaiveRun {
  return {
    first,
    last,
    steps: steps.map(({ entry, from, to, isReversed, effectiveAt, isMoved }) => {
      const { position, type, account, ledgerTime } = entry;
      return { position, type, account, from, to, ledgerTime, isReversed, effectiveAt, isMoved };
    }),
  };
}

const [ledger = '', file = '', seed = '1'] = process.argv.slice(2);
const database = ReadModelDatabase.openReadOnly(file);
const position = registeredProjections(database).get('custody-line')?.position ?? 0n;
const asked = choose(database, Number(seed));
const naive = new NaiveTrace(asked);
const store = openEmbeddedStore({ file: ledger, mode: 'reader' });
for await (const batch of store.readAll())
  for (const recorded of batch)
    if (recorded.position <= position) naive.take(decodeEvent(recorded));
await store.close();
let runs = 0;
const differences: TracesCompared['differences'][number][] = [];
for (const [index, expected] of naive.runs().entries()) {
  const it = asked[index];
  if (it === undefined) continue;
  const told = storyOf(database, it.batch, it.first, it.last).map(plain);
  runs += told.length;
  const isEqual = JSON.stringify(told) === JSON.stringify(expected);
  if (!isEqual && differences.length < MOST_TOLD) differences.push({ asked: it, told });
}
database.close();
const answer: TracesCompared = { serials: SERIALS, ranges: RANGES, runs, differences };
process.stdout.write(`${JSON.stringify(answer)}\n`);
