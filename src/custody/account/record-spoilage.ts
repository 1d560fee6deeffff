import type { SerialSet } from '../serials/serial-set.js';
import type { CustodyAccount } from './custody-account.js';
import {
  accept,
  accountRefusal,
  emptyRefusal,
  entryFields,
  formRefusal,
  occurrenceRefusal,
  outsideRefusal,
  refuse,
  type Decision,
  type DecisionContext,
} from './decision.js';
import type { EntryFields, SpoilageCause } from './events.js';

/** Usable blanks become invalid; they stay in custody until they are destroyed. */
export interface RecordSpoilage extends EntryFields {
  readonly serials: SerialSet;
  readonly cause: SpoilageCause;
}

export function decideRecordSpoilage(
  account: CustodyAccount,
  command: RecordSpoilage,
  context: DecisionContext,
): Decision {
  const { serials, cause } = command;
  const rejection =
    formRefusal(serials) ??
    emptyRefusal(serials) ??
    accountRefusal(account, context, ['facility', 'batch']) ??
    outsideRefusal('serials_not_usable_here', serials, account.usable) ??
    occurrenceRefusal(command.occurredAt, context.now);
  if (rejection !== null) return refuse(rejection);
  return accept({
    type: 'BlanksSpoiled',
    data: { ...entryFields(command), serials: serials.toJson(), cause },
  });
}
