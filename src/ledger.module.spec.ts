import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { LedgerModule } from './ledger.module.js';
import { readSettings } from './settings.js';

type ContextOptions = NonNullable<Parameters<typeof NestFactory.createApplicationContext>[1]>;

describe('a ledger that cannot be opened', () => {
  let dataDir: string;

  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'blangko-open-'));
  });
  afterEach(() => {
    rmSync(dataDir, { recursive: true, force: true });
  });

  function open(): Promise<INestApplicationContext> {
    const ledger = LedgerModule.forRoot(readSettings({ DATA_DIR: dataDir }), { mode: 'writer' });
    const options = { logger: false, abortOnError: false } as unknown as ContextOptions;
    return NestFactory.createApplicationContext(ledger, options);
  }

  it('leaves nothing open that was opened before, so that it can be opened again', async () => {
    const { readModelsFile } = readSettings({ DATA_DIR: dataDir });
    const eventStoreFile = join(dataDir, 'ledger.db');
    const vaultFile = join(dataDir, 'vault.db');
    mkdirSync(readModelsFile, { recursive: true });
    await expect(open()).rejects.toThrow();
    // SQLite removes its write-ahead log with the last connection to the file.
    expect(existsSync(vaultFile)).toBe(true);
    expect(existsSync(`${vaultFile}-wal`)).toBe(false);
    expect(existsSync(`${eventStoreFile}-wal`)).toBe(false);

    rmSync(readModelsFile, { recursive: true });
    const context = await open();
    expect(existsSync(`${vaultFile}-wal`)).toBe(true);
    await context.close();
    for (const file of [vaultFile, eventStoreFile, readModelsFile])
      expect(existsSync(`${file}-wal`)).toBe(false);
  });
});
