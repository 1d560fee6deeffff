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
  SurrenderCardBody,
  SurrenderCardCommand,
  SurrenderCardHandler,
} from './surrender-card.command.js';

function envelope(commandId: string): CommandEnvelope {
  return {
    commandId,
    actor: is.officer(is.OFFICE),
    capture: null,
    correlationId: commandId,
    causationId: null,
  };
}

describe('surrendering a card', () => {
  let ledger: TemporaryLedger;
  let handler: SurrenderCardHandler;
  let readings: ReadStreamOptions[];

  beforeEach(async () => {
    ledger = await temporaryLedger();
    readings = [];
    const store = recordingReadings(ledger.store, readings);
    const { facilities } = is.contextOf();
    const executor = new CommandExecutor({ store, facilities, clock: { now: () => is.NOW } });
    handler = new SurrenderCardHandler(executor);
    await executor.execute<CustodyAccount, CustodyEvent>({
      name: 'Opening',
      stream: streamOfAccount(is.OFFICE),
      aggregate: accountAggregate,
      envelope: envelope('opening'),
      command: {},
      approval: null,
      decide: () =>
        accept(is.received({ usable: ['2017-A/1..100'] }), is.issued('2017-A/000000001')),
    });
    readings.length = 0;
  });
  afterEach(() => ledger.close());

  function surrender(serial: string): Promise<CommandResult> {
    const body = Object.assign(new SurrenderCardBody(), {
      occurredAt: is.ENTRY.occurredAt,
      account: is.OFFICE,
      handedInAt: is.OFFICE,
      reason: 'moved',
    });
    return handler.execute(new SurrenderCardCommand(envelope(serial), serial, body));
  }

  it('looks through the whole stream for no card that the account has not issued', async () => {
    const result = await surrender('2017-A/2');
    expect(result).toMatchObject({ ok: false, rejection: { code: 'serials_not_issued_here' } });
    expect(readings.filter(({ direction }) => direction === 'backwards')).toEqual([]);
  });

  it('takes back a card that it has issued', async () => {
    const result = await surrender('2017-A/1');
    expect(result).toMatchObject({ ok: true, outcome: { events: [{ type: 'CardSurrendered' }] } });
    expect(readings.some(({ direction }) => direction === 'backwards')).toBe(true);
  });
});
