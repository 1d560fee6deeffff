import { describe, expect, it } from '@jest/globals';
import { emptyAccount } from '../custody/account/custody-account.js';
import { SerialSet } from '../custody/serials/serial-set.js';
import { accountAggregate } from './aggregates.js';
import type { AccountId } from '../custody/account/account-id.js';

describe('the weight of an account', () => {
  it('counts its ranges, and the shipments of which something is settled', () => {
    const empty = emptyAccount('31.71' as AccountId);
    const parsed = SerialSet.parse(['2017-A/1..5', '2017-A/7..9']);
    if (!parsed.ok) throw new Error(parsed.error.message);
    const usable = parsed.value;
    const settled = empty.settled.with('31/1', usable).with('31/2', usable).with('31/1', usable);
    expect(accountAggregate.weigh?.(empty)).toBe(0);
    expect(accountAggregate.weigh?.({ ...empty, usable, settled })).toBe(4);
  });
});
