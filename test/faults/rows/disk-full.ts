import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { figure, must, type FaultRow, type Outcome, type Trial } from '../fault-row.js';
import { FaultyServer } from '../faulty-server.js';
import { requireAll, restarted } from '../whole-log.js';

const FILLER = 'x'.repeat(900);
const AT_ONCE = 16;
/** The register of all offices and its read models must have room. */
const SMALLEST_MIB = 14;
const MAX_COMMANDS = 200_000;

/** A small disk of its own, in a mount namespace that nobody else sees. */
class SmallDisk {
  private constructor(
    private readonly holder: ReturnType<typeof spawn>,
    readonly folder: string,
  ) {}

  static async mount(folder: string, mebibytes: number): Promise<SmallDisk> {
    mkdirSync(folder);
    const script = `mount -t tmpfs -o size=${mebibytes}m tmpfs "$0" && echo mounted && exec cat`;
    const holder = spawn(
      'unshare',
      ['-m', '--propagation', 'private', 'sh', '-c', script, folder],
      {
        stdio: ['pipe', 'pipe', 'inherit'],
      },
    );
    await once(holder.stdout, 'data');
    return new SmallDisk(holder, folder);
  }

  /** What a command must run under to see the disk. */
  get under(): readonly string[] {
    return ['nsenter', '-t', String(this.holder.pid), '-m', '--'];
  }

  /** The folder as processes outside the namespace reach it. */
  get outside(): string {
    return join('/proc', String(this.holder.pid), 'root', this.folder);
  }

  async grow(mebibytes: number): Promise<void> {
    const [command = '', ...rest] = this.under;
    const options = `remount,size=${mebibytes}m`;
    const child = spawn(command, [...rest, 'mount', '-o', options, this.folder]);
    const [code] = (await once(child, 'exit')) as [number | null];
    must(code === 0, 'the disk could not be made larger');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.holder.kill('SIGKILL');
    await once(this.holder, 'exit');
  }
}

/** Commands until the first that is not taken; how many were. */
async function fill(server: FaultyServer): Promise<number> {
  let taken = 0;
  for (let sent = 0; sent < MAX_COMMANDS; sent += AT_ONCE) {
    const answers = await Promise.all(
      Array.from({ length: AT_ONCE }, () => server.command(FILLER)),
    );
    taken += answers.filter(({ status }) => status === 201).length;
    const refused = answers.find(({ status }) => status !== 201);
    if (refused === undefined) continue;
    must(refused.status === 503, `a full disk was answered ${refused.status} ${refused.text}`);
    return taken;
  }
  throw new Error('the disk never filled');
}

async function run({ folder, count }: Trial): Promise<Outcome> {
  const rounds = count(10, 1);
  const least = count(24, SMALLEST_MIB);
  let taken = 0;
  for (let round = 0; round < rounds; round++) {
    const size = least + round;
    await using disk = await SmallDisk.mount(join(folder, `disk-${round}`), size);
    const { under } = disk;
    await using server = await FaultyServer.start(disk.folder, { under });
    taken += await fill(server);
    await server.requireReadOnly();
    await server.stop();
    await disk.grow(size + 40);
    await using again = await FaultyServer.start(disk.folder, { under });
    must((await again.command()).status === 201, 'no write was taken after room was made');
    must((await again.stop()).code === 0, 'the restarted server did not end with code 0');
    const copy = join(folder, `kept-${round}.db`);
    copyFileSync(join(disk.outside, 'ledger.db'), copy);
    requireAll([...server.acknowledged, ...again.acknowledged], await restarted(copy));
  }
  return {
    count: `${rounds} full disks`,
    result: `writes 503 store_read_only, reads and liveness 200, readiness 503 and says why, ledger_store_readonly 1; after room and a restart 0 of ${figure(taken)} acknowledged commands lost, writes taken`,
  };
}

export const diskFull: FaultRow = {
  name: 'disk-full',
  fault: 'disk full',
  how: 'the server process on a tmpfs of 24 MiB and more, filled over HTTP, made larger, restarted',
  needs: ['unshare -m'],
  run,
};
