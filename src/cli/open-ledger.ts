import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Clock } from '../commands/command-envelope.js';
import type { EventStore } from '../event-store/event-store.js';
import { LedgerModule } from '../ledger.module.js';
import { ReadModels } from '../read-models/read-models.js';
import type { Settings } from '../settings.js';
import { EVENT_STORE } from '../tokens.js';
import { UserError } from './user-error.js';

/** How long the read models may take to hold what was written, in milliseconds. */
const PROJECTION_TIMEOUT_MS = 600_000;

type ContextOptions = NonNullable<Parameters<typeof NestFactory.createApplicationContext>[1]>;

/**
 * Opens the ledger to write, lets `work` use it, waits until the read models hold what was written,
 * and closes it, whatever happens.
 * @throws {WriterLocked} somebody else writes it
 */
export async function withWriter<T>(
  settings: Settings,
  clock: Clock | null,
  work: (context: INestApplicationContext) => Promise<T>,
): Promise<T> {
  const ledger = LedgerModule.forRoot(settings, {
    mode: 'writer',
    ...(clock === null ? {} : { clock }),
  });
  // Nest declares the options as a class, but means their shape.
  const options = { logger: false, abortOnError: false } as unknown as ContextOptions;
  const context = await NestFactory.createApplicationContext(ledger, options);
  try {
    const result = await work(context);
    await projected(context);
    return result;
  } finally {
    await context.close();
  }
}

async function projected(context: INestApplicationContext): Promise<void> {
  const head = await context.get<EventStore>(EVENT_STORE).head();
  if (head === null) return;
  const outcome = await context.get(ReadModels).waitFor(head, PROJECTION_TIMEOUT_MS);
  if (outcome !== 'reached')
    throw new UserError(
      `the read models have not taken everything in (${outcome}); see: blangko audit`,
    );
}
