import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { assertWholeAppends } from '../../support/event-store-files.js';
import { figure, must, type FaultRow, type Outcome, type Trial } from '../fault-row.js';
import { ToldProcess } from '../told-process.js';
import { idsOf, requireAll, requireWritable, restarted } from '../whole-log.js';

interface Injection {
  readonly calls: string;
  readonly error: 'EIO' | 'ENOSPC';
  /** Of the ledger. A checkpoint writes the database; only the log's failures are an append's. */
  readonly target: 'log' | 'database';
}

const INJECTIONS: readonly Injection[] = [
  { calls: 'fsync,fdatasync', error: 'EIO', target: 'log' },
  { calls: 'pwrite64', error: 'EIO', target: 'log' },
  { calls: 'pwrite64', error: 'ENOSPC', target: 'log' },
  { calls: 'fsync,fdatasync', error: 'EIO', target: 'database' },
  { calls: 'pwrite64', error: 'EIO', target: 'database' },
];
const WRITERS = '8';
/** How long the writer has to meet the error in the thread of its commits, and to say so. */
const AFTER_INJECTION_MS = { log: 10_000, database: 200 };
const INJECTED = '(INJECTED)';

/** What became of one injected error. */
type Fate = 'read-only' | 'not started' | 'went on' | 'not met';

async function injectOnce(folder: string, injection: Injection, nth: number): Promise<Fate> {
  const { calls, error, target } = injection;
  const file = join(folder, `${target}-${error}-${calls.slice(0, 5)}-${nth}.db`);
  const output = `${file}.strace`;
  const path = target === 'log' ? `${file}-wal` : file;
  await using writer = new ToldProcess('test/support/event-store-writer.js', [file, WRITERS], {
    under: [
      ...['strace', '-f', '--seccomp-bpf', '-o', output, '-P', path],
      ...['-e', 'trace=pwrite64,fsync,fdatasync,ftruncate'],
      ...['-e', `inject=${calls}:error=${error}:when=${nth}`],
    ],
  });
  const refused = writer.untilLine((line) => line.startsWith('refused '));
  const fate = await Promise.race([
    refused.then((line): Fate => (line === null ? 'not started' : 'read-only')),
    untilInjected(output, AFTER_INJECTION_MS[target]).then((isMet): Fate =>
      isMet ? 'went on' : 'not met',
    ),
  ]);
  // The tracer ends with its writer, not the writer with its tracer.
  if (fate === 'went on' || fate === 'not met') await endTraced(output);
  await writer.ended;
  const trace = readFileSync(output, 'utf8');
  if (fate === 'read-only') {
    must(
      writer.lines.at(-1) === 'refused StoreReadOnly',
      `it ended with ${String(writer.lines.at(-1))}`,
    );
    // Each thread meets its own nth call. The first thread makes a new ledger and closes it again, all
    // of it synced, before the thread of the commits, which is the last to meet one, opens it.
    const after = trace.slice(trace.lastIndexOf(INJECTED)).split('\n').slice(1);
    const again = after.filter((line) => /\b(pwrite64|fsync|fdatasync|ftruncate)\(/.test(line));
    must(
      again.length === 0,
      `after call ${nth} failed the file was written again: ${String(again[0])}`,
    );
  }
  must(fate === 'not met' || trace.includes(INJECTED), `no error was injected: ${writer.errors}`);
  const events = await restarted(file);
  requireAll(idsOf(writer.lines), events);
  assertWholeAppends(events);
  await requireWritable(file);
  return fate;
}

/** True once the error was injected and some time has passed; false when it never comes. */
async function untilInjected(output: string, graceMs: number): Promise<boolean> {
  for (let tries = 0; tries < 800; tries++) {
    await sleep(25);
    if (existsSync(output) && readFileSync(output, 'utf8').includes(INJECTED)) {
      await sleep(graceMs);
      return true;
    }
  }
  return false;
}

/** kill -9 of the process whose threads the trace tells of: the first to be named. */
async function endTraced(output: string): Promise<void> {
  const thread = Number(/^(\d+) /.exec(readFileSync(output, 'utf8'))?.[1]);
  const process_ = Number(/^Tgid:\s*(\d+)/m.exec(statusOf(thread))?.[1]);
  if (process_ > 1) process.kill(process_, 'SIGKILL');
  await sleep(1);
}

function statusOf(thread: number): string {
  try {
    return readFileSync(`/proc/${thread}/status`, 'utf8');
  } catch {
    return '';
  }
}

async function run({ folder, count, isQuick }: Trial): Promise<Outcome> {
  const most = count(60, 2);
  const step = count(1, 8);
  const fates = new Map<Fate, number>();
  const ofLog = new Map<Fate, number>();
  for (const injection of INJECTIONS) {
    const largest = injection.target === 'log' ? most : count(6, 1);
    for (let nth = 1; nth <= largest; nth++) {
      const fate = await injectOnce(
        folder,
        injection,
        injection.target === 'log' ? nth * step : nth,
      );
      const isPassedOver = injection.target === 'log' && (fate === 'went on' || fate === 'not met');
      must(
        !isPassedOver,
        `${injection.error} at call ${nth * step} (${injection.calls}) of the log: ${fate}`,
      );
      fates.set(fate, (fates.get(fate) ?? 0) + 1);
      if (injection.target === 'log') ofLog.set(fate, (ofLog.get(fate) ?? 0) + 1);
    }
  }
  const of = (map: ReadonlyMap<Fate, number>, fate: Fate): number => map.get(fate) ?? 0;
  must(of(ofLog, 'read-only') > 0, 'no failed write made the store read-only');
  must(of(fates, 'went on') > 0 || isQuick, 'no checkpoint failed');
  const tried = [...fates.values()].reduce((sum, one) => sum + one, 0) - of(fates, 'not met');
  return {
    count: `${figure(tried)} errors`,
    result:
      `read-only at the first: ${of(fates, 'read-only')}, the file untouched after it; refused to start: ` +
      `${of(fates, 'not started')}; in a checkpoint, done again from the log: ${of(fates, 'went on')}; ` +
      'each restart clean and writable, 0 acknowledged events lost',
  };
}

export const writeErrors: FaultRow = {
  name: 'write-errors',
  fault: 'fsync and write errors',
  how: 'strace makes the nth fsync or write of the log, or of the database, fail with EIO or ENOSPC, once: 1st to 60th',
  needs: ['strace'],
  run,
};
