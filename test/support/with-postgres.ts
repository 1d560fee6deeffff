import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, jest } from '@jest/globals';
import {
  isPostgresInstalled,
  NOT_INSTALLED,
  startPostgres,
  type PostgresServer,
} from './postgres-server.js';

const START_TIMEOUT_MS = 60_000;
/** A server takes its time on a busy machine. */
const SPEC_TIMEOUT_MS = 30_000;

/** Specs with a server of their own; where its package is not installed, skipped with a word. */
export function describeWithPostgres(
  name: string,
  specs: (server: () => PostgresServer) => void,
): void {
  let server: PostgresServer | null = null;
  const running = (): PostgresServer => {
    if (server === null) throw new Error('the server is not running');
    return server;
  };
  if (!isPostgresInstalled()) {
    process.stderr.write(`\n${name}: PostgreSQL ${NOT_INSTALLED}\n`);
    describe.skip(`${name}: PostgreSQL ${NOT_INSTALLED}`, () => {
      specs(running);
    });
    return;
  }
  jest.setTimeout(SPEC_TIMEOUT_MS);
  describe(name, () => {
    let folder = '';
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'blangko-postgres-'));
      // The server may run as another user, who must come through to a folder of its own.
      await chmod(folder, 0o711);
      const started = await startPostgres(join(folder, 'postgres'));
      if (started.kind === 'skipped') throw new Error(`PostgreSQL ${started.why}`);
      server = started;
    }, START_TIMEOUT_MS);
    specs(running);
    // After what the specs close: these run in the order in which they are named.
    afterAll(async () => {
      await server?.stop();
      await rm(folder, { recursive: true });
    }, START_TIMEOUT_MS);
  });
}

/** An empty database with a name nobody else uses. */
export async function freshDatabase(server: PostgresServer): Promise<string> {
  const name = `fresh_${randomUUID().replaceAll('-', '')}`;
  const pool = server.pool(1);
  try {
    await pool.query(`CREATE DATABASE ${name}`);
  } finally {
    await pool.end();
  }
  return name;
}
