import { assert } from '../assert.js';
import { reject } from '../rejection.js';
import type { CustodyAccount } from './custody-account.js';
import {
  accept,
  accountRefusal,
  entryFields,
  occurrenceRefusal,
  refuse,
  type Decision,
  type DecisionContext,
} from './decision.js';
import type { EntryFields } from './events.js';

/** Production is over; what was contracted and never made needs a reason. */
export interface CloseBatch extends EntryFields {
  readonly reason: string | null;
}

export function decideCloseBatch(
  account: CustodyAccount,
  command: CloseBatch,
  context: DecisionContext,
): Decision {
  const unfit = accountRefusal(account, context, ['batch']);
  if (unfit !== null) return refuse(unfit);
  assert(account.batch !== null, 'a batch account that passed its checks is procured');
  const { isClosed, quantityContracted, produced } = account.batch;
  const shortage = quantityContracted - produced.size;
  const rejection =
    (isClosed ? reject('batch_closed') : null) ??
    (shortage > 0 && command.reason === null
      ? reject('shortage_reason_required', { details: { shortage } })
      : null) ??
    occurrenceRefusal(command.occurredAt, context.now);
  if (rejection !== null) return refuse(rejection);
  return accept({
    type: 'BatchClosed',
    data: { ...entryFields(command), shortage, reason: command.reason },
  });
}
