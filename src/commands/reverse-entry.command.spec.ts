import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import * as is from '../../test/support/custody-given.js';
import { temporaryLedger, type TemporaryLedger } from '../../test/support/projection-ledger.js';
import { recordingReadings } from '../../test/support/recorded-readings.js';
import { streamOfAccount } from '../custody/account/account-id.js';
import type { CustodyAccount } from '../custody/account/custody-account.js';
import { accept } from '../custody/account/decision.js';
import type { CustodyEvent } from '../custody/account/events.js';
import type { ReadStreamOptions } from '../event-store/event-store.js';
import { accountAggregate } from './aggregates.js';
import type { CommandEnvelope } from './command-envelope.js';
import { CommandExecutor, type CommandResult } from './command-executor.js';
import {
  ReverseEntryBody,
  ReverseEntryCommand,
  ReverseEntryHandler,
} from './reverse-entry.command.js';

function envelope(commandId: string): CommandEnvelope {
  return {
    commandId,
    actor: is.officer(is.OFFICE),
    capture: null,
    correlationId: commandId,
    causationId: null,
  };
}

describe('reversing an entry', () => {
  let ledger: TemporaryLedger;
  let handler: ReverseEntryHandler;
  let readings: ReadStreamOptions[];

  beforeEach(async () => {
    ledger = await temporaryLedger();
    readings = [];
    const store = recordingReadings(ledger.store, readings);
    const { facilities } = is.contextOf();
    const executor = new CommandExecutor({ store, facilities, clock: { now: () => is.NOW } });
    handler = new ReverseEntryHandler(executor);
    await executor.execute<CustodyAccount, CustodyEvent>({
      name: 'Opening',
      stream: streamOfAccount(is.OFFICE),
      aggregate: accountAggregate,
      envelope: envelope('opening'),
      command: {},
      approval: null,
      decide: () =>
        accept(
          is.unnumbered(1),
          is.received({ usable: ['2017-A/1..100'] }),
          is.issued('2017-A/000000001'),
        ),
    });
    readings.length = 0;
  });
  afterEach(() => ledger.close());

  function reverse(revision: string): Promise<CommandResult> {
    const body = Object.assign(new ReverseEntryBody(), {
      occurredAt: is.ENTRY.occurredAt,
      revision,
      reason: 'entered twice',
    });
    return handler.execute(
      new ReverseEntryCommand(envelope(`reverse-${revision}`), is.OFFICE, body),
    );
  }

  /** Readings of more than one entry, from some entry on. */
  function scans(): readonly ReadStreamOptions[] {
    return readings.filter(({ max }) => max === undefined);
  }

  it('looks through no later entries where the entry cannot be undone at all', async () => {
    const result = await reverse('0');
    expect(result).toMatchObject({ ok: false, rejection: { code: 'not_reversible' } });
    // The node looks once whether its books are old, from their end on.
    expect(scans()).toEqual([{ from: 3n }]);
  });

  it('finds the later entry that an entry was built upon', async () => {
    const result = await reverse('1');
    expect(result).toMatchObject({ ok: false, rejection: { code: 'entry_built_upon' } });
    expect(scans()).toContainEqual({ from: 2n });
  });
});
