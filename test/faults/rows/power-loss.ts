import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { DatabaseSync } from 'node:sqlite';
import { verifyLog } from '../../../src/event-store/embedded/verify-log.js';
import { DiskModel } from '../disk-model.js';
import { figure, must, type FaultRow, type Outcome, type Trial } from '../fault-row.js';
import { systemCalls, TRACED, type SystemCall } from '../system-calls.js';
import { ToldProcess } from '../told-process.js';
import { requireWritable, restarted } from '../whole-log.js';

type Level = 'FULL' | 'NORMAL' | 'OFF';

/** Memory, where there is such a folder: thousands of states are written out and opened. */
const MEMORY = '/dev/shm';
/** So often a state is also opened by a writer, which recovers it, and written to. */
const WRITTEN_EVERY = 20;

interface Traced {
  readonly calls: readonly SystemCall[];
  /** Hash of the log by the position up to which it reaches. */
  readonly hashes: ReadonlyMap<number, string>;
}

async function trace(folder: string, commands: number, level: Level): Promise<Traced> {
  const own = join(folder, level);
  mkdirSync(own);
  const file = join(own, 'ledger.db');
  const output = join(folder, `${level}.strace`);
  const seam = pathToFileURL(join(import.meta.dirname, '..', 'weaken-sync.js')).href;
  const isWeak = level !== 'FULL';
  await using writer = new ToldProcess(
    'test/faults/power-loss-writer.js',
    [file, String(commands)],
    {
      under: [
        'strace',
        '-f',
        '--seccomp-bpf',
        '-y',
        '-xx',
        '-s',
        '10000000',
        '-o',
        output,
        '-e',
        TRACED,
      ],
      nodeOptions: isWeak ? ['--import', seam] : [],
      env: isWeak ? { SYNC_LEVEL: level } : {},
    },
  );
  must((await writer.ended) === 0, `the writer ended: ${writer.errors}`);
  const calls = [...systemCalls(readFileSync(output, 'latin1'), own)];
  rmSync(output);
  return { calls, hashes: hashesOf(file) };
}

function hashesOf(file: string): ReadonlyMap<number, string> {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    const rows = database
      .prepare(
        'SELECT position, lower(hex(hash)) AS hash, json_array_length(body) AS n FROM commits',
      )
      .all();
    return new Map(
      rows.map(({ position, hash, n }) => [Number(position) + Number(n) - 1, String(hash)]),
    );
  } finally {
    database.close();
  }
}

/** Puts states of the disk into a folder, and looks whether the ledger in them is what it must be. */
class States {
  readonly #folder: string;
  readonly #hashes: ReadonlyMap<number, string>;
  #tried = 0;

  constructor(folder: string, hashes: ReadonlyMap<number, string>) {
    this.#folder = folder;
    this.#hashes = hashes;
  }

  /** Null when it holds everything up to `acknowledged`, whole and verified; else why not. */
  async fault(files: ReadonlyMap<string, Buffer>, acknowledged: number): Promise<string | null> {
    rmSync(this.#folder, { recursive: true, force: true });
    mkdirSync(this.#folder);
    for (const [path, bytes] of files) writeFileSync(join(this.#folder, basename(path)), bytes);
    const file = join(this.#folder, 'ledger.db');
    this.#tried++;
    try {
      // The making of the ledger may have been cut off: the next writer rolls it back and makes it anew.
      if (acknowledged === 0) await restarted(file);
      const { position, hash } = await verifyLog(file);
      const head = Number(position ?? 0n);
      if (head < acknowledged) return `it ends at ${head}, acknowledged was ${acknowledged}`;
      // The hash of the last row stands for the whole log before it, which verifying has recomputed.
      if (head > 0 && this.#hashes.get(head) !== hash) return `it is not the log up to ${head}`;
      if (this.#tried % WRITTEN_EVERY === 0) await requireWritable(file);
      return null;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }
}

interface Replayed {
  readonly acknowledgements: number;
  readonly syncs: number;
  /** At acknowledgements: how often something was lost with all that was not synced. */
  readonly lost: number;
  /** States in which what was not synced was there in part and out of order, and how many lost. */
  readonly disordered: number;
  readonly disorderedLost: number;
  readonly firstFault: string | null;
}

async function replay(traced: Traced, folder: string, random: () => number): Promise<Replayed> {
  const disk = new DiskModel();
  const states = new States(folder, traced.hashes);
  const changes = traced.calls.filter(({ kind }) => kind !== 'acknowledge').length;
  const points = traced.calls.length - changes;
  const seen = { acknowledgements: 0, lost: 0, disordered: 0, disorderedLost: 0 };
  let firstFault: string | null = null;
  let acknowledged = 0;
  const note = (fault: string | null): number => {
    firstFault ??= fault;
    return fault === null ? 0 : 1;
  };
  for (const call of traced.calls) {
    disk.do(call);
    if (call.kind === 'acknowledge') {
      acknowledged = Math.max(acknowledged, call.position);
      seen.acknowledgements++;
      seen.lost += note(await states.fault(disk.afterLoss(), acknowledged));
    }
    // As many states again, at any moment: between acknowledgements too.
    if (random() < points / traced.calls.length) {
      seen.disordered++;
      seen.disorderedLost += note(await states.fault(disk.afterDisorder(random), acknowledged));
    }
  }
  return { ...seen, firstFault, syncs: disk.syncs };
}

async function run({ folder, random, count }: Trial): Promise<Outcome> {
  const commands = count(2_000, 60);
  const scratch = mkdtempSync(join(existsSync(MEMORY) ? MEMORY : folder, 'blangko-power-loss-'));
  try {
    const at = async (level: Level): Promise<Replayed> =>
      replay(await trace(folder, commands, level), join(scratch, level), random);
    const full = await at('FULL');
    must(
      full.acknowledgements === commands,
      `${full.acknowledgements} of ${commands} acknowledged`,
    );
    must(
      full.lost + full.disorderedLost === 0,
      `FULL lost at ${full.lost} + ${full.disorderedLost} points; ${String(full.firstFault)}`,
    );
    const normal = await at('NORMAL');
    const off = await at('OFF');
    for (const [level, { lost }] of Object.entries({ normal, off }))
      must(lost > 0, `the canary ${level} lost nothing: this trial would see nothing`);
    const of = ({ lost, acknowledgements }: Replayed): string =>
      `${figure(lost)} of ${figure(acknowledgements)}`;
    return {
      count: `${figure(full.acknowledgements)} acknowledgements, ${figure(full.disordered)} moments`,
      result:
        `lost at ${of(full)} acknowledgements, and at ${figure(full.disorderedLost)} of ${figure(full.disordered)} ` +
        `moments with unsynced sectors there in part and out of order (${figure(full.syncs)} syncs); ` +
        `canaries: synchronous=NORMAL loses at ${of(normal)}, OFF at ${of(off)}`,
    };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

export const powerLoss: FaultRow = {
  name: 'power-loss',
  fault: 'power loss',
  how: 'the system calls of a writer traced by strace; at each acknowledgement the disk replayed to the last fsync of each file and folder, opened and verified',
  needs: ['strace'],
  run,
};
