import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { verifyLog } from '../../../src/event-store/embedded/verify-log.js';
import { assertWholeAppends } from '../../support/event-store-files.js';
import { figure, must, type FaultRow, type Outcome, type Trial } from '../fault-row.js';
import { ToldProcess } from '../told-process.js';
import { idsOf, requireAll, requireWritable, restarted } from '../whole-log.js';

const WRITERS = '16';
const STANDS_STILL_MS = 30_000;

async function run({ folder, random, count }: Trial): Promise<Outcome> {
  const backups = count(50, 2);
  const file = join(folder, 'ledger.db');
  await using writer = new ToldProcess('test/support/event-store-writer.js', [file, WRITERS]);
  const pauses = new Pauses(writer);
  let before = 0;
  let last = 0;
  let seen = 0;
  for (let done = 0; done < backups; done++) {
    await sleep(100 + random() * 200);
    await untilMore(writer, seen);
    const acknowledged = idsOf(writer.lines);
    seen = acknowledged.length;
    const into = join(folder, `backup-${done}`);
    const end = pauses.begin();
    const command = new ToldProcess('src/cli/blangko.js', ['backup', into], {
      env: { DATA_DIR: folder },
    });
    must((await command.ended) === 0, `blangko backup: ${command.errors}`);
    end();
    const restored = join(folder, `restored-${done}`);
    const restore = new ToldProcess('src/cli/blangko.js', ['restore', into], {
      env: { DATA_DIR: restored },
    });
    must((await restore.ended) === 0, `blangko restore: ${restore.errors}`);
    const copy = join(restored, 'ledger.db');
    const events = await restarted(copy);
    requireAll(acknowledged, events);
    assertWholeAppends(events);
    const { events: verified } = await verifyLog(copy);
    must(verified === events.length && verified >= last, 'a later backup holds fewer events');
    last = verified;
    before += acknowledged.length;
    if (done % 10 === 0) await requireWritable(copy);
  }
  writer.signal('SIGKILL');
  await writer.ended;
  pauses.stop();
  requireAll(idsOf(writer.lines), await restarted(file));
  return {
    count: `${figure(backups)} backups`,
    result:
      `each restored ledger verifies and has every event acknowledged before its backup began (${figure(before)} looked for, 0 missing), ` +
      `up to ${figure(last)} events; longest time without an acknowledgement ${pauses.longestMs.toFixed(0)} ms`,
  };
}

/** Otherwise the backup would not be one under load. */
async function untilMore(writer: ToldProcess, acknowledged: number): Promise<void> {
  const deadline = performance.now() + STANDS_STILL_MS;
  while (idsOf(writer.lines).length <= acknowledged) {
    must(performance.now() < deadline, `the writer stands still: ${writer.errors}`);
    await sleep(5);
  }
}

/** The longest time in which a writer had nothing acknowledged while a backup ran. */
class Pauses {
  longestMs = 0;
  #isWatching = false;
  #seen = 0;
  #since = 0;
  readonly #timer: NodeJS.Timeout;

  constructor(private readonly writer: ToldProcess) {
    this.#timer = setInterval(() => {
      this.#look();
    }, 1);
  }

  begin(): () => void {
    this.#isWatching = true;
    this.#since = performance.now();
    return () => {
      this.#look();
      this.#isWatching = false;
    };
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const { length } = this.writer.lines;
    const now = performance.now();
    if (this.#isWatching) this.longestMs = Math.max(this.longestMs, now - this.#since);
    if (length === this.#seen) return;
    this.#seen = length;
    this.#since = now;
  }
}

export const backup: FaultRow = {
  name: 'backup',
  fault: 'backup under load, and its restore',
  how: '`blangko backup` beside a writer at full speed, then `blangko restore` into another folder',
  needs: [],
  run,
};
