import { assert } from '../assert.js';
import { reject } from '../rejection.js';
import { countOutcome, countRefusal, type CountStock } from './count-stock.js';
import type { CustodyAccount } from './custody-account.js';
import {
  accept,
  entryFields,
  occurrenceRefusal,
  refuse,
  type Decision,
  type DecisionContext,
} from './decision.js';
import type { CustodyEvent } from './events.js';

/** One officer hands the account to another, with the count both signed. */
export interface HandOverCustody extends CountStock {
  /** The officer who answered so far; null for the first custodian of the account. */
  readonly from: string | null;
  readonly to: string;
}

export function decideHandOverCustody(
  account: CustodyAccount,
  command: HandOverCustody,
  booksThen: CustodyAccount | null,
  context: DecisionContext,
): Decision {
  const { from, to } = command;
  const rejection =
    countRefusal(account, command, booksThen, context) ??
    (from === to ? reject('custodian_unchanged') : null) ??
    (from === account.custodian
      ? null
      : reject('not_the_custodian', { details: { custodian: account.custodian ?? 'none' } })) ??
    occurrenceRefusal(command.occurredAt, context.now);
  if (rejection !== null) return refuse(rejection);
  assert(booksThen !== null, 'the check of the count has found the books');
  const counted: CustodyEvent = countOutcome(account, command, booksThen);
  const countEventId = context.eventIdOf(0, counted);
  return accept<CustodyEvent>(counted, {
    type: 'CustodianChanged',
    data: { ...entryFields(command), from, to, countEventId },
  });
}
