import type { CustodyAccount } from '../../src/custody/account/custody-account.js';
import { accept } from '../../src/custody/account/decision.js';
import type { CustodyEvent } from '../../src/custody/account/events.js';
import { streamOfAccount } from '../../src/custody/account/account-id.js';
import { accountAggregate } from '../../src/commands/aggregates.js';
import type { CommandEnvelope } from '../../src/commands/command-envelope.js';
import { CommandExecutor } from '../../src/commands/command-executor.js';
import type { ReadStreamOptions } from '../../src/event-store/event-store.js';
import * as is from './custody-given.js';
import { temporaryLedger } from './projection-ledger.js';
import { recordingReadings } from './recorded-readings.js';

/** An office with some history, and what is read of its stream from then on. */
export interface OpenedOffice {
  readonly executor: CommandExecutor;
  readonly readings: readonly ReadStreamOptions[];
  close(): Promise<void>;
}

export function envelope(commandId: string): CommandEnvelope {
  return {
    commandId,
    actor: is.officer(is.OFFICE),
    capture: null,
    correlationId: commandId,
    causationId: null,
  };
}

/** A real ledger in which the office's stream begins with these events. */
export async function openedOffice(...events: readonly CustodyEvent[]): Promise<OpenedOffice> {
  const ledger = await temporaryLedger();
  const readings: ReadStreamOptions[] = [];
  const store = recordingReadings(ledger.store, readings);
  const { facilities } = is.contextOf();
  const executor = new CommandExecutor({ store, facilities, clock: { now: () => is.NOW } });
  await executor.execute<CustodyAccount, CustodyEvent>({
    name: 'Opening',
    stream: streamOfAccount(is.OFFICE),
    aggregate: accountAggregate,
    envelope: envelope('opening'),
    command: {},
    approval: null,
    decide: () => accept(...events),
  });
  readings.length = 0;
  return { executor, readings, close: () => ledger.close() };
}
