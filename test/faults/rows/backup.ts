import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { assertWholeAppends } from '../../support/event-store-files.js';
import { figure, must, type FaultRow, type Outcome, type Trial } from '../fault-row.js';
import { ToldProcess } from '../told-process.js';
import { idsOf, requireAll, requireWritable, restarted } from '../whole-log.js';

const WRITERS = '16';
/** A writer at full speed makes too large a ledger for more. */
const BACKUPS_A_LEDGER = 2;
const STANDS_STILL_MS = 30_000;

interface Tally {
  acknowledged: number;
  largest: number;
  longestPauseMs: number;
}

/** Some backups of one ledger, each later than the one before, beside its writer. */
async function backUpBeside(
  folder: string,
  backups: number,
  random: () => number,
  tally: Tally,
): Promise<void> {
  const file = join(folder, 'ledger.db');
  await using writer = new ToldProcess('test/support/event-store-writer.js', [file, WRITERS]);
  using pauses = new Pauses(writer);
  let last = 0;
  let seen = 0;
  for (let done = 0; done < backups; done++) {
    await sleep(100 + random() * 200);
    await untilMore(writer, seen);
    const acknowledged = idsOf(writer.lines);
    seen = acknowledged.length;
    const into = join(folder, `backup-${done}`);
    const end = pauses.begin();
    await blangko(['backup', into], folder);
    end();
    const restored = join(folder, `restored-${done}`);
    await blangko(['restore', into], restored);
    const copy = join(restored, 'ledger.db');
    const events = await restarted(copy);
    requireAll(acknowledged, events);
    assertWholeAppends(events);
    must(events.length >= last, 'a later backup holds fewer events');
    last = events.length;
    tally.acknowledged += acknowledged.length;
    tally.largest = Math.max(tally.largest, last);
    await requireWritable(copy);
  }
  writer.signal('SIGKILL');
  await writer.ended;
  tally.longestPauseMs = Math.max(tally.longestPauseMs, pauses.longestMs);
  requireAll(idsOf(writer.lines), await restarted(file));
}

async function blangko(args: readonly string[], dataDir: string): Promise<void> {
  const command = new ToldProcess('src/cli/blangko.js', args, { env: { DATA_DIR: dataDir } });
  must((await command.ended) === 0, `blangko ${args.join(' ')}: ${command.errors}`);
}

async function run({ folder, random, count }: Trial): Promise<Outcome> {
  const ledgers = count(25, 1);
  const tally: Tally = { acknowledged: 0, largest: 0, longestPauseMs: 0 };
  for (let ledger = 0; ledger < ledgers; ledger++) {
    const own = join(folder, String(ledger));
    mkdirSync(own);
    await backUpBeside(own, BACKUPS_A_LEDGER, random, tally);
    rmSync(own, { recursive: true });
  }
  const { acknowledged, largest, longestPauseMs } = tally;
  return {
    count: `${figure(ledgers * BACKUPS_A_LEDGER)} backups`,
    result:
      `each restored ledger verifies and has every event acknowledged before its backup began (${figure(acknowledged)} looked for, 0 missing), ` +
      `up to ${figure(largest)} events; longest time without an acknowledgement ${longestPauseMs.toFixed(0)} ms`,
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

  [Symbol.dispose](): void {
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
