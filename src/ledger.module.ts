import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import {
  Inject,
  Module,
  type DynamicModule,
  type InjectionToken,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { openSubjectVault } from './access/subject-vault/open-subject-vault.js';
import { SUBJECT_VAULT, type SubjectVault } from './access/subject-vault/subject-vault.js';
import { systemClock, type Clock } from './commands/command-envelope.js';
import { CommandExecutor } from './commands/command-executor.js';
import { COMMAND_HANDLERS } from './commands/command-handlers.js';
import { directoryOf } from './commands/facility-directory.js';
import { RegisterFollower } from './commands/register-follower.js';
import { FacilityRegister } from './custody/facilities/facility-register.js';
import type { EventStore } from './event-store/event-store.js';
import { WriterLock } from './event-store/writer-lock.js';
import { KeptProvinces } from './read-models/kept-provinces.js';
import { removeForeign } from './read-models/foreign-read-models.js';
import { loadPublishedRegister } from './read-models/facilities/published-register.js';
import { ProjectionEngine } from './read-models/projection-engine.js';
import { PROJECTIONS } from './read-models/projections.js';
import { QUERY_HANDLERS } from './read-models/query-handlers.js';
import { ReadModels } from './read-models/read-models.js';
import { ReadModelsReader } from './read-models/read-models-reader.js';
import type { HaltListener } from './read-models/projection-runner.js';
import { openEventStore } from './open-event-store.js';
import { RebuildInThread } from './rebuild-in-thread.js';
import type { Settings } from './settings.js';
import { CLOCK, EVENT_STORE, SETTINGS } from './tokens.js';

export interface LedgerOptions {
  /** Of a file, one writer at a time; readers may look on from other processes. */
  readonly mode: 'writer' | 'reader';
  /** Default: the machine's. */
  readonly clock?: Clock;
  /** Called for each append that stands: milliseconds to its acknowledgement, and its events. */
  readonly onAppend?: (durationMs: number, events: number) => void;
  /** Called each time a subscription to the event store was lost and begins anew. */
  readonly onLost?: (why: unknown) => void;
  /** Called when read models of another log were found, and removed. */
  readonly onForeign?: (file: string) => void;
  /** Bound of the event store's file, in bytes: it is full when it has as many. Default: none. */
  readonly maxFileBytes?: number;
  /** Called once for each projection that halts. */
  readonly onHalt?: HaltListener;
  /** Holds the name of each part while it is being closed. */
  readonly closing?: Set<string>;
}

/** What is open, and how it is closed again. */
interface OpenLedger {
  readonly store: EventStore;
  readonly vault: SubjectVault;
  readonly follower: RegisterFollower;
  readonly executor: CommandExecutor;
  readonly readModels: ReadModels;
  readonly close: () => Promise<void>;
}

const OPEN_LEDGER = Symbol('OpenLedger');

interface Part {
  readonly name: string;
  readonly close: () => void | Promise<void>;
}

/**
 * Closes everything, stage by stage, the parts of one at once, also after one of them could not be; then
 * throws the first fault.
 */
async function closeAll(
  stages: readonly (readonly Part[])[],
  closing: Set<string> = new Set(),
): Promise<void> {
  const faults: unknown[] = [];
  const closePart = async ({ name, close }: Part): Promise<void> => {
    closing.add(name);
    try {
      await close();
    } catch (fault) {
      faults.push(fault);
    }
    closing.delete(name);
  };
  for (const parts of stages) await Promise.all(parts.map(closePart));
  if (faults.length > 0) throw faults[0];
}

async function openLedger(settings: Settings, options: LedgerOptions): Promise<OpenLedger> {
  const closings: Part[][] = [];
  const close = (): Promise<void> => closeAll(closings, options.closing);
  try {
    return { ...(await openParts(settings, options, closings)), close };
  } catch (error) {
    // What kept the ledger from opening says more than what then kept a part from closing.
    await close().catch(() => undefined);
    throw error;
  }
}

/** Puts into `closings` how each part is closed: all who read the log at once, before the log. */
async function openParts(
  { eventStore, vault: location, readModelsFile, subscribe, ...settings }: Settings,
  { mode, clock = systemClock, maxFileBytes, ...listeners }: LedgerOptions,
  closings: Part[][],
): Promise<Omit<OpenLedger, 'close'>> {
  const { onAppend, onLost, onHalt, onForeign } = listeners;
  const { dataDir, env, questionThreads } = settings;
  if (mode === 'writer') mkdirSync(dirname(readModelsFile), { recursive: true });
  if (mode === 'writer' && eventStore.kind === 'eventstoredb') {
    // A log in a file has a lock of its own; beside a server the read models must be one node's alone.
    const lock = WriterLock.take(readModelsFile);
    const release = (): void => {
      lock.release();
    };
    closings.push([{ name: 'lock', close: release }]);
  }
  const store = await openEventStore(eventStore, { mode, maxFileBytes, onAppend, onLost });
  closings.unshift([{ name: 'event store', close: () => store.close() }]);
  const vault = await openSubjectVault({ vault: location, env, dataDir, mode });
  // Last of all: a command under way may ask it for somebody until the store is closed.
  closings.push([{ name: 'vault', close: () => vault.close() }]);
  const follower = new RegisterFollower(store, loadPublishedRegister());
  const facilities = directoryOf(follower.register);
  const executor = new CommandExecutor({ store, clock, facilities });
  // Told together: each may wait for a server that does not answer.
  const readers: Part[] = [{ name: 'register', close: () => follower.stop() }];
  closings.unshift(readers);
  await follower.start();
  if (mode === 'writer') await follower.publish(executor);
  if (mode === 'writer' && (await removeForeign(store, readModelsFile)))
    onForeign?.(readModelsFile);
  const readModels =
    mode === 'writer'
      ? ProjectionEngine.start({
          store,
          file: readModelsFile,
          projections: PROJECTIONS,
          kept: new KeptProvinces(subscribe),
          questionThreads,
          // Threads of their own load what was compiled.
          apart:
            questionThreads > 0
              ? new RebuildInThread({ eventStore, provinces: subscribe })
              : undefined,
          onHalt,
        })
      : ReadModelsReader.open(store, readModelsFile);
  readers.push({ name: 'read models', close: () => readModels.close() });
  return { store, vault, follower, executor, readModels };
}

/**
 * The ledger behind its buses: store, vault, register of facilities and every use case. With
 * app.module.ts the composition root: here alone an adapter is named.
 */
@Module({})
export class LedgerModule implements OnApplicationShutdown {
  constructor(@Inject(OPEN_LEDGER) private readonly ledger: OpenLedger) {}

  onApplicationShutdown(): Promise<void> {
    return this.ledger.close();
  }

  static forRoot(settings: Settings, options: LedgerOptions): DynamicModule {
    const part = (provide: InjectionToken, pick: (ledger: OpenLedger) => unknown) => ({
      provide,
      useFactory: pick,
      inject: [OPEN_LEDGER],
    });
    const shared = [
      { provide: SETTINGS, useValue: settings },
      { provide: CLOCK, useValue: options.clock ?? systemClock },
      part(EVENT_STORE, ({ store }) => store),
      part(SUBJECT_VAULT, ({ vault }) => vault),
      part(CommandExecutor, ({ executor }) => executor),
      part(RegisterFollower, ({ follower }) => follower),
      part(FacilityRegister, ({ follower }) => follower.register),
      part(ReadModels, ({ readModels }) => readModels),
    ];
    return {
      module: LedgerModule,
      global: true,
      imports: [CqrsModule.forRoot()],
      providers: [
        { provide: OPEN_LEDGER, useFactory: () => openLedger(settings, options) },
        ...shared,
        ...COMMAND_HANDLERS,
        ...QUERY_HANDLERS,
      ],
      exports: [...shared.map(({ provide }) => provide), CqrsModule],
    };
  }
}
