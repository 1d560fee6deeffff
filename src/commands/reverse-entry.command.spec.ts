import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import * as is from '../../test/support/custody-given.js';
import { envelope, openedOffice, type OpenedOffice } from '../../test/support/opened-office.js';
import type { CommandResult } from './command-executor.js';
import type { ReadStreamOptions } from '../event-store/event-store.js';
import {
  ReverseEntryBody,
  ReverseEntryCommand,
  ReverseEntryHandler,
} from './reverse-entry.command.js';

describe('reversing an entry', () => {
  let office: OpenedOffice;
  let handler: ReverseEntryHandler;

  beforeEach(async () => {
    office = await openedOffice(
      is.unnumbered(1),
      is.received({ usable: ['2017-A/1..100'] }),
      is.issued('2017-A/000000001'),
    );
    handler = new ReverseEntryHandler(office.executor);
  });
  afterEach(() => office.close());

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
    return office.readings.filter(({ max }) => max === undefined);
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
