import { AsyncLocalStorage } from 'node:async_hooks';
import type { Command } from '@nestjs/cqrs';
import type { SubjectVault } from '../../src/access/subject-vault/subject-vault.js';
import {
  CommandExecutor,
  type CommandOutcome,
  type CommandResult,
} from '../../src/commands/command-executor.js';
import { COMMAND_HANDLERS } from '../../src/commands/command-handlers.js';
import { LedgerBusy } from '../../src/commands/ledger-busy.js';
import type { FacilityDirectory } from '../../src/custody/account/decision.js';
import type { Rejection } from '../../src/custody/rejection.js';
import {
  StoreUnavailable,
  type AppendResult,
  type EventStore,
  type EventToAppend,
  type ExpectedRevision,
} from '../../src/event-store/event-store.js';
import { commandOf } from './step-command.js';
import { STEP_KINDS, type Step } from './steps.js';

/** When an append goes wrong: before it took effect, or after, so that its acknowledgement is lost. */
export type Fault = 'before' | 'after';

/** One sending of a command to a node: the node's clock then, and what the network does to it. */
export interface Sending {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** For the first appends, in order; later ones succeed. */
  readonly faults: readonly Fault[];
}

export type Answer =
  | { readonly kind: 'accepted'; readonly outcome: CommandOutcome }
  | { readonly kind: 'refused'; readonly rejection: Rejection }
  /** Unknown to the sender; `hasLanded` is what the network knows. */
  | { readonly kind: 'busy'; readonly hasLanded: boolean };

interface Weather {
  readonly now: number;
  readonly faults: Fault[];
  hasLanded: boolean;
}

const weather = new AsyncLocalStorage<Weather>();

/** The one store behind an unreliable network. */
class DistantStore implements EventStore {
  constructor(private readonly store: EventStore) {}

  get readOnlyReason(): string | null {
    return this.store.readOnlyReason;
  }

  async append(
    stream: string,
    expected: ExpectedRevision,
    events: readonly EventToAppend[],
  ): Promise<AppendResult> {
    const current = weather.getStore();
    const fault = current?.faults.shift();
    if (fault === 'before') throw new StoreUnavailable('the request was lost');
    const result = await this.store.append(stream, expected, events);
    if (current !== undefined) current.hasLanded = true;
    if (fault === 'after') throw new StoreUnavailable('the acknowledgement was lost');
    return result;
  }

  readStream(...query: Parameters<EventStore['readStream']>): ReturnType<EventStore['readStream']> {
    return this.store.readStream(...query);
  }

  readAll(...query: Parameters<EventStore['readAll']>): ReturnType<EventStore['readAll']> {
    return this.store.readAll(...query);
  }

  subscribeAll(
    ...query: Parameters<EventStore['subscribeAll']>
  ): ReturnType<EventStore['subscribeAll']> {
    return this.store.subscribeAll(...query);
  }

  head(): Promise<bigint | null> {
    return this.store.head();
  }

  close(): Promise<void> {
    return this.store.close();
  }
}

interface Handler {
  execute(command: Command<CommandResult>): Promise<CommandResult>;
}

/** One process of the ledger: real handlers and executor, its own caches, the shared store. */
export class Node {
  private readonly handlers = new Map<string, Handler>();

  constructor(store: EventStore, vault: SubjectVault, facilities: FacilityDirectory) {
    const clock = { now: (): number => weather.getStore()?.now ?? Date.now() };
    const executor = new CommandExecutor({ store: new DistantStore(store), clock, facilities });
    STEP_KINDS.forEach((kind) => {
      const found = COMMAND_HANDLERS.find(({ name }) => name === `${kind}Handler`);
      if (found === undefined) throw new Error(`no handler for ${kind}`);
      const Constructor = found as new (executor: CommandExecutor, vault: SubjectVault) => Handler;
      this.handlers.set(kind, new Constructor(executor, vault));
    });
  }

  async send(step: Step, { now, faults }: Sending): Promise<Answer> {
    const current: Weather = { now, faults: [...faults], hasLanded: false };
    const handler = this.handlers.get(step.kind);
    if (handler === undefined) throw new Error(`no handler for ${step.kind}`);
    try {
      const result = await weather.run(current, () => handler.execute(commandOf(step)));
      return result.ok
        ? { kind: 'accepted', outcome: result.outcome }
        : { kind: 'refused', rejection: result.rejection };
    } catch (error) {
      if (!(error instanceof LedgerBusy)) throw error;
      return { kind: 'busy', hasLanded: current.hasLanded };
    }
  }
}
