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

/** Cards without a legible serial: a balance of their own, outside conservation. */
export interface RecordUnnumbered extends EntryFields {
  readonly count: number;
  readonly bag: string;
  readonly seal: string;
  readonly source: string;
}

/** Most unnumbered cards one entry may record. */
export const MAX_UNNUMBERED = 10_000_000;

export function decideRecordUnnumbered(
  account: CustodyAccount,
  command: RecordUnnumbered,
  context: DecisionContext,
): Decision {
  const { count, bag, seal, source } = command;
  const isWithinBounds = Number.isSafeInteger(count) && count >= 1 && count <= MAX_UNNUMBERED;
  const rejection =
    (isWithinBounds
      ? null
      : reject('quantity_out_of_bounds', { details: { count, most: MAX_UNNUMBERED } })) ??
    accountRefusal(account, context) ??
    occurrenceRefusal(command.occurredAt, context.now);
  if (rejection !== null) return refuse(rejection);
  return accept({
    type: 'UnnumberedCardsRecorded',
    data: { ...entryFields(command), count, bag, seal, source },
  });
}
