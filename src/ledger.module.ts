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
import { SqliteSubjectVault } from './access/subject-vault/sqlite-subject-vault.js';
import { SUBJECT_VAULT, type SubjectVault } from './access/subject-vault/subject-vault.js';
import { loadVaultKeys } from './access/subject-vault/vault-keys.js';
import { systemClock, type Clock } from './commands/command-envelope.js';
import { CommandExecutor } from './commands/command-executor.js';
import { COMMAND_HANDLERS } from './commands/command-handlers.js';
import { directoryOf } from './commands/facility-directory.js';
import { RegisterFollower } from './commands/register-follower.js';
import { FacilityRegister } from './custody/facilities/facility-register.js';
import { openEmbeddedStore } from './event-store/embedded/embedded-store.js';
import type { EventStore } from './event-store/event-store.js';
import { loadPublishedRegister } from './read-models/facilities/published-register.js';
import { ProjectionEngine } from './read-models/projection-engine.js';
import { PROJECTIONS } from './read-models/projections.js';
import { QUERY_HANDLERS } from './read-models/query-handlers.js';
import { ReadModels } from './read-models/read-models.js';
import { ReadModelsReader } from './read-models/read-models-reader.js';
import type { HaltListener } from './read-models/projection-runner.js';
import type { Settings } from './settings.js';
import { CLOCK, EVENT_STORE, SETTINGS } from './tokens.js';

export interface LedgerOptions {
  /** One writer at a time; readers may look on from other processes. */
  readonly mode: 'writer' | 'reader';
  /** Default: the machine's. */
  readonly clock?: Clock;
  /** Called for each append that stands: milliseconds to its acknowledgement, and its events. */
  readonly onAppend?: (durationMs: number, events: number) => void;
  /** Called once for each projection that halts. */
  readonly onHalt?: HaltListener;
}

/** Everything that must be closed again. */
interface OpenLedger {
  readonly store: EventStore;
  readonly vault: SubjectVault;
  readonly follower: RegisterFollower;
  readonly executor: CommandExecutor;
  readonly readModels: ReadModels;
}

const OPEN_LEDGER = Symbol('OpenLedger');

async function openLedger(
  settings: Settings,
  { mode, clock = systemClock, onAppend, onHalt }: LedgerOptions,
): Promise<OpenLedger> {
  const { eventStoreFile, vaultFile, readModelsFile, dataDir, env } = settings;
  if (mode === 'writer') {
    for (const file of [eventStoreFile, vaultFile, readModelsFile])
      mkdirSync(dirname(file), { recursive: true });
  }
  const store = openEmbeddedStore({ file: eventStoreFile, mode, onAppend });
  try {
    const keys = loadVaultKeys({ env, dataDir, vaultFile, mode });
    const vault = SqliteSubjectVault.open({ file: vaultFile, keys, mode });
    const follower = new RegisterFollower(store, loadPublishedRegister());
    const executor = new CommandExecutor({
      store,
      clock,
      facilities: directoryOf(follower.register),
    });
    await follower.start();
    if (mode === 'writer') await follower.publish(executor);
    const readModels =
      mode === 'writer'
        ? ProjectionEngine.start({
            store,
            file: readModelsFile,
            projections: PROJECTIONS,
            onHalt,
          })
        : ReadModelsReader.open(store, readModelsFile);
    return { store, vault, follower, executor, readModels };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/**
 * The ledger behind its buses: store, vault, register of facilities and every use case. With
 * app.module.ts the composition root: here alone an adapter is named.
 */
@Module({})
export class LedgerModule implements OnApplicationShutdown {
  constructor(@Inject(OPEN_LEDGER) private readonly ledger: OpenLedger) {}

  async onApplicationShutdown(): Promise<void> {
    const { readModels, follower, store, vault } = this.ledger;
    await readModels.close();
    await follower.stop();
    await store.close();
    vault.close();
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
