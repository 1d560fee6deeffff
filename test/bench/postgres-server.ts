import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';

/** Where Debian's packages put each version's programs. */
const VERSIONS = '/usr/lib/postgresql';
const USER = 'bench';
const PORT = 5432;
const START_TIMEOUT_MS = 30_000;
const PAUSE_MS = 50;
/** Shown for each figure that needs the server. */
const NOT_INSTALLED = 'not installed: skipped';

export interface PostgresServer {
  readonly kind: 'running';
  /** A pool of at most so many connections, over the server's own socket. */
  pool(connections: number): pg.Pool;
  stop(): Promise<void>;
}

export interface PostgresSkipped {
  readonly kind: 'skipped';
  readonly why: string;
}

interface Identity {
  readonly uid?: number;
  readonly gid?: number;
}

/**
 * A PostgreSQL server of this run's own: a new cluster in `folder` with the settings it comes with
 * (`fsync` and `synchronous_commit` on), reached through a Unix socket in that folder alone.
 */
export async function startPostgres(folder: string): Promise<PostgresServer | PostgresSkipped> {
  const programs = findPrograms();
  if (programs === null) return { kind: 'skipped', why: NOT_INSTALLED };
  try {
    return await startCluster(programs, folder);
  } catch (error) {
    const why = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    return { kind: 'skipped', why: `does not start: skipped; ${why}` };
  }
}

function findPrograms(): string | null {
  if (!existsSync(VERSIONS)) return null;
  const versions = readdirSync(VERSIONS)
    .filter((name) => /^[0-9]+$/.test(name))
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => join(VERSIONS, version, 'bin'));
  return versions.find((programs) => existsSync(join(programs, 'initdb'))) ?? null;
}

async function startCluster(programs: string, folder: string): Promise<PostgresServer> {
  const identity = serverIdentity();
  mkdirSync(folder, { mode: 0o700 });
  if (identity.uid !== undefined && identity.gid !== undefined)
    chownSync(folder, identity.uid, identity.gid);
  const data = join(folder, 'data');
  const asServer = { ...identity, cwd: folder };
  const cluster = ['--pgdata', data, '--username', USER, '--auth', 'trust', '--encoding', 'UTF8'];
  execFileSync(join(programs, 'initdb'), [...cluster, '--locale', 'C'], {
    ...asServer,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const server = spawn(
    join(programs, 'postgres'),
    ['-D', data, '-k', folder, '-p', String(PORT), '-c', 'listen_addresses='],
    { ...asServer, stdio: 'ignore' },
  );
  const stop = stopping(server);
  try {
    await untilItAnswers(server, folder);
  } catch (error) {
    await stop();
    throw error;
  }
  return { kind: 'running', pool: (connections) => poolOf(folder, connections), stop };
}

/** PostgreSQL refuses to run as root: then as the user its package made. */
function serverIdentity(): Identity {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

/** Ends with this process, however that ends. */
function stopping(server: ChildProcess): () => Promise<void> {
  const atExit = (): void => {
    server.kill('SIGQUIT');
  };
  // Before the run's folder is removed: at once, and without a last checkpoint into it.
  process.prependOnceListener('exit', atExit);
  return async () => {
    process.off('exit', atExit);
    if (server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, 'exit');
    // The fast shutdown: clients are sent away, what is written is kept.
    server.kill('SIGINT');
    await ended;
  };
}

function poolOf(folder: string, connections: number): pg.Pool {
  const pool = new pg.Pool({
    host: folder,
    port: PORT,
    user: USER,
    database: 'postgres',
    max: connections,
  });
  // An idle connection may still hear the server's farewell. Whoever asks something of a connection
  // that broke is told by the query itself.
  pool.on('error', () => undefined);
  return pool;
}

async function untilItAnswers(server: ChildProcess, folder: string): Promise<void> {
  const pool = poolOf(folder, 1);
  const deadline = performance.now() + START_TIMEOUT_MS;
  try {
    for (;;) {
      try {
        await pool.query('SELECT 1');
        return;
      } catch (error) {
        const isOver = server.exitCode !== null || performance.now() > deadline;
        if (isOver) throw error;
        await delay(PAUSE_MS);
      }
    }
  } finally {
    await pool.end();
  }
}
