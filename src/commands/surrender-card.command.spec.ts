import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import * as is from '../../test/support/custody-given.js';
import { envelope, openedOffice, type OpenedOffice } from '../../test/support/opened-office.js';
import type { CommandResult } from './command-executor.js';
import {
  SurrenderCardBody,
  SurrenderCardCommand,
  SurrenderCardHandler,
} from './surrender-card.command.js';

describe('surrendering a card', () => {
  let office: OpenedOffice;
  let handler: SurrenderCardHandler;

  beforeEach(async () => {
    office = await openedOffice(
      is.received({ usable: ['2017-A/1..100'] }),
      is.issued('2017-A/000000001'),
    );
    handler = new SurrenderCardHandler(office.executor);
  });
  afterEach(() => office.close());

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
    expect(office.readings.filter(({ direction }) => direction === 'backwards')).toEqual([]);
  });

  it('takes back a card that it has issued', async () => {
    const result = await surrender('2017-A/1');
    expect(result).toMatchObject({ ok: true, outcome: { events: [{ type: 'CardSurrendered' }] } });
    expect(office.readings.some(({ direction }) => direction === 'backwards')).toBe(true);
  });
});
