import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { appendsPerSecond, StreamRevisions } from './append-target.js';
import { EMBEDDED, embeddedTarget } from './embedded-target.js';

/** A data folder whose log holds many events. */
export interface StoredLedger {
  readonly folder: string;
  readonly logFile: string;
  readonly revisions: StreamRevisions;
}

const FILL_IN_FLIGHT = 256;

/** Stores events through the engine itself, in commits as full as a busy server's. */
export async function fillLedger(folder: string, events: number): Promise<StoredLedger> {
  mkdirSync(folder);
  const logFile = join(folder, 'ledger.db');
  const revisions = new StreamRevisions();
  const target = embeddedTarget(logFile, { name: EMBEDDED, revisions });
  await appendsPerSecond(target, FILL_IN_FLIGHT, { windowMs: Infinity, maxOperations: events });
  await target.close();
  return { folder, logFile, revisions };
}
