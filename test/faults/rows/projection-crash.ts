import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { openEmbeddedStore } from '../../../src/event-store/embedded/embedded-store.js';
import { dumpReadModels } from '../../../src/read-models/dump.js';
import { ProjectionEngine } from '../../../src/read-models/projection-engine.js';
import { PROJECTIONS } from '../../../src/read-models/projections.js';
import { appendHistory } from '../../support/projection-history.js';
import { choicesOf, historyOf } from '../../support/projection-world.js';
import { figure, must, type FaultRow, type Outcome, type Trial } from '../fault-row.js';
import { ToldProcess } from '../told-process.js';

const CHOICES = 400;
const LONG_MS = 60_000;
const LARGEST_STEP = 60;

/** Lines of a projection's own tables, by projection, and the positions they stand at. */
interface Dump {
  readonly positions: ReadonlyMap<string, string>;
  readonly rows: ReadonlyMap<string, string>;
}

function dumpOf(file: string): Dump {
  const owners = new Map(
    PROJECTIONS.flatMap(({ name, tables }) => tables.map((table) => [table.name, name] as const)),
  );
  const positions = new Map<string, string>();
  const rows = new Map<string, string>();
  for (const line of dumpReadModels(file)) {
    const cut = line.indexOf(' ');
    const [table, text] = [line.slice(0, cut), line.slice(cut + 1)];
    if (table === 'projection') {
      const { name, position } = JSON.parse(text) as {
        readonly name: string;
        readonly position: string | null;
      };
      positions.set(name, position ?? '0');
    } else {
      const owner = owners.get(table) ?? '';
      rows.set(owner, `${rows.get(owner) ?? ''}${line}\n`);
    }
  }
  return { positions, rows };
}

/** The rows of every projection after each event, folded afresh, one event after the other. */
async function freshFolds(
  folder: string,
  events: ReturnType<typeof historyOf>['history']['events'],
) {
  const file = join(folder, 'fresh.db');
  const folds: ReadonlyMap<string, string>[] = [];
  const store = openEmbeddedStore({ file: join(folder, 'fresh-ledger.db'), mode: 'writer' });
  const engine = ProjectionEngine.start({ store, file, projections: PROJECTIONS });
  folds.push(dumpOf(file).rows);
  for (const event of events) {
    await appendHistory(store, [event]);
    await engine.waitFor(event.position, LONG_MS);
    folds.push(dumpOf(file).rows);
  }
  await engine.close();
  await store.close();
  return folds;
}

async function run({ folder, random, count }: Trial): Promise<Outcome> {
  const crashes = count(1_000, 12);
  const { events } = historyOf(choicesOf(11, CHOICES)).history;
  const folds = await freshFolds(folder, events);
  const ledger = join(folder, 'ledger.db');
  const store = openEmbeddedStore({ file: ledger, mode: 'writer' });
  await appendHistory(store, events);
  await store.close();
  let file = join(folder, 'read-models-0.db');
  let met = 0;
  let midway = 0;
  let runs = 0;
  while (met < crashes) {
    const after = 1 + Math.floor(random() * LARGEST_STEP);
    const batch = 1 + Math.floor(random() * 20);
    const child = new ToldProcess('test/faults/projection-follower.js', [
      ledger,
      file,
      String(batch),
      String(after),
      String(events.length),
    ]);
    const code = await child.ended;
    if (code === 0) {
      // It came to the end of the log: the next life begins with nothing.
      must(allAtEnd(file, events.length), 'it ended before the end of the log');
      runs++;
      file = join(folder, `read-models-${runs}.db`);
      continue;
    }
    must(code === null, `the follower ended: ${child.errors}`);
    met++;
    if (child.lines.at(-1) === 'in a transaction') midway++;
    // A copy is looked at, so that the next life recovers what this one left.
    const copy = join(folder, 'looked-at.db');
    for (const suffix of ['', '-wal'])
      cpSync(`${file}${suffix}`, `${copy}${suffix}`, { force: true });
    requireFresh(copy, folds);
  }
  return {
    count: `${figure(met)} kills`,
    result: `${figure(midway)} of them between the rows and the commit of their position; each time every projection's rows were those of a fresh fold to its own position`,
  };
}

function allAtEnd(file: string, head: number): boolean {
  return [...dumpOf(file).positions.values()].every((position) => Number(position) === head);
}

function requireFresh(file: string, folds: readonly ReadonlyMap<string, string>[]): void {
  let dump: Dump;
  try {
    dump = dumpOf(file);
  } catch (error) {
    // Killed before its tables were made.
    must(error instanceof Error && error.message.includes('no such table'), String(error));
    return;
  }
  for (const [name, position] of dump.positions) {
    const expected = folds[Number(position)]?.get(name);
    must(dump.rows.get(name) === expected, `${name} at ${position} is not a fresh fold`);
  }
}

export const projectionCrash: FaultRow = {
  name: 'projection-crash',
  fault: 'a projection is killed between row and checkpoint',
  how: `a process that follows a log of random entries kills itself (-9) after a random number of statements; the next goes on from what it left`,
  needs: [],
  run,
};
