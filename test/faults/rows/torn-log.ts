import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { verifyLog } from '../../../src/event-store/embedded/verify-log.js';
import { assertWholeAppends } from '../../support/event-store-files.js';
import { writeUnfinishedLog } from '../../support/unfinished-log.js';
import { figure, must, type FaultRow, type Outcome, type Trial } from '../fault-row.js';
import { lookedInto, requireWritable, restarted } from '../whole-log.js';

const APPENDS = 120;
/** So often a cut log is opened by a writer, and written to. */
const WRITTEN_EVERY = 10;

async function run({ folder, random, count }: Trial): Promise<Outcome> {
  const file = join(folder, 'ledger.db');
  const ids = await writeUnfinishedLog(file, APPENDS);
  const database = readFileSync(file);
  const log = readFileSync(`${file}-wal`);
  const cuts = count(8_000, 100);
  const kept = new Set<number>();
  const found: (readonly [bytes: number, events: number])[] = [];
  for (let cut = 0; cut < cuts; cut++) {
    const bytes = Math.floor(random() * (log.length + 1));
    const copy = `${file}.cut`;
    for (const suffix of ['', '-wal', '-shm', '.lock']) rmSync(copy + suffix, { force: true });
    writeFileSync(copy, database);
    writeFileSync(`${copy}-wal`, log.subarray(0, bytes));
    // SQLite recovers for the first to open the file, whether to write or only to read.
    const isWritten = cut % WRITTEN_EVERY === 0;
    const events = isWritten ? await restarted(copy) : await lookedInto(copy);
    must(
      events.every(({ id }, index) => id === ids[index]),
      `cut at byte ${bytes}: not a prefix`,
    );
    assertWholeAppends(events);
    if (isWritten) {
      await requireWritable(copy);
      await verifyLog(copy);
    }
    kept.add(events.length);
    found.push([bytes, events.length]);
  }
  found.sort(([a], [b]) => a - b);
  const isMonotone = found.every(([, events], index) => events >= (found[index - 1]?.[1] ?? 0));
  must(isMonotone, 'a longer log holds fewer events');
  must(kept.size > 10, `only ${kept.size} different prefixes were met`);
  return {
    count: `${figure(cuts)} cuts`,
    result: `a prefix of whole commands each time, verified: ${kept.size} different ones of up to ${figure(ids.length)} events`,
  };
}

export const tornLog: FaultRow = {
  name: 'torn-log',
  fault: 'torn write-ahead log',
  how: `the log of ${APPENDS} commands cut at a random byte, then opened and verified; each tenth for writing`,
  needs: [],
  run,
};
