import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';

/** Where Debian's packages put each version's programs. */
const VERSIONS = '/usr/lib/postgresql';
const USER = 'blangko';
/** This user must give a password; others are trusted. */
const GUARDED_USER = 'guarded';
const PORT = 5432;
const START_TIMEOUT_MS = 30_000;
const PAUSE_MS = 50;
/** Shown for each figure and each spec that needs the server. */
export const NOT_INSTALLED = 'not installed: skipped';

/** `fast` sends clients away and keeps all; `crash` ends every process as a power loss would. */
export type Ending = 'fast' | 'crash';

export interface PostgresServer {
  readonly kind: 'running';
  /** Of its Unix socket. */
  readonly folder: string;
  /** A pool of at most so many connections, over the server's own socket. */
  pool(connections: number, database?: string): pg.Pool;
  /** @param login user, or user:password; default: the owner of all */
  url(database: string, login?: string): string;
  stop(ending?: Ending): Promise<void>;
  /** After a stop; resolves once it answers. @param options e.g. `fsync=off` */
  start(options?: readonly string[]): Promise<void>;
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
    return await Cluster.make(programs, folder);
  } catch (error) {
    const why = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    return { kind: 'skipped', why: `does not start: skipped; ${why}` };
  }
}

/** Whether {@link startPostgres} will find a server to start. */
export function isPostgresInstalled(): boolean {
  return findPrograms() !== null;
}

function findPrograms(): string | null {
  if (!existsSync(VERSIONS)) return null;
  const versions = readdirSync(VERSIONS)
    .filter((name) => /^[0-9]+$/.test(name))
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => join(VERSIONS, version, 'bin'));
  return versions.find((programs) => existsSync(join(programs, 'initdb'))) ?? null;
}

/** PostgreSQL refuses to run as root: then as the user its package made. */
function serverIdentity(): Identity {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

class Cluster implements PostgresServer {
  readonly kind = 'running';
  #server: ChildProcess | null = null;

  private constructor(
    private readonly programs: string,
    readonly folder: string,
    private readonly identity: Identity,
  ) {}

  static async make(programs: string, folder: string): Promise<Cluster> {
    const identity = serverIdentity();
    mkdirSync(folder, { mode: 0o700 });
    if (identity.uid !== undefined && identity.gid !== undefined)
      chownSync(folder, identity.uid, identity.gid);
    const cluster = new Cluster(programs, folder, identity);
    cluster.#initialise();
    await cluster.start();
    return cluster;
  }

  get #data(): string {
    return join(this.folder, 'data');
  }

  get #asServer() {
    return { ...this.identity, cwd: this.folder };
  }

  #initialise(): void {
    const cluster = ['--pgdata', this.#data, '--username', USER, '--auth', 'trust'];
    execFileSync(
      join(this.programs, 'initdb'),
      [...cluster, '--encoding', 'UTF8', '--locale', 'C'],
      { ...this.#asServer, stdio: ['ignore', 'ignore', 'pipe'] },
    );
    const rules = [`local all ${GUARDED_USER} scram-sha-256`, 'local all all trust'];
    writeFileSync(join(this.#data, 'pg_hba.conf'), `${rules.join('\n')}\n`);
  }

  async start(options: readonly string[] = []): Promise<void> {
    const settings = ['listen_addresses=', ...options].flatMap((option) => ['-c', option]);
    const server = spawn(
      join(this.programs, 'postgres'),
      ['-D', this.#data, '-k', this.folder, '-p', String(PORT), ...settings],
      { ...this.#asServer, stdio: 'ignore' },
    );
    this.#server = server;
    // Before the run's folder is removed: at once, and without a last checkpoint into it.
    process.prependOnceListener('exit', this.#quit);
    try {
      await this.#untilItAnswers(server);
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  async stop(ending: Ending = 'fast'): Promise<void> {
    process.off('exit', this.#quit);
    const server = this.#server;
    this.#server = null;
    if (server === null || server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, 'exit');
    server.kill(ending === 'fast' ? 'SIGINT' : 'SIGQUIT');
    await ended;
  }

  /** Ends with this process, however that ends. */
  readonly #quit = (): void => {
    this.#server?.kill('SIGQUIT');
  };

  pool(connections: number, database = 'postgres'): pg.Pool {
    const pool = new pg.Pool({
      host: this.folder,
      port: PORT,
      user: USER,
      database,
      max: connections,
    });
    // An idle connection may still hear the server's farewell. Whoever asks something of a connection
    // that broke is told by the query itself.
    pool.on('error', () => undefined);
    return pool;
  }

  url(database: string, login = USER): string {
    return `postgres://${login}@/${database}?host=${encodeURIComponent(this.folder)}&port=${PORT}`;
  }

  async #untilItAnswers(server: ChildProcess): Promise<void> {
    const pool = this.pool(1);
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
}
