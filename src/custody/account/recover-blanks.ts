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
import type { EntryFields, HeldState, RecoveryKind } from './events.js';

/** Missing serials are in custody again, in the account that lost them. */
export interface RecoverBlanks extends EntryFields {
  readonly serials: SerialSet;
  readonly as: HeldState;
  readonly kind: RecoveryKind;
  readonly place: string;
}

export function decideRecoverBlanks(
  account: CustodyAccount,
  command: RecoverBlanks,
  context: DecisionContext,
): Decision {
  const { serials, kind, place } = command;
  const rejection =
    formRefusal(serials) ??
    emptyRefusal(serials) ??
    accountRefusal(account, context) ??
    outsideRefusal('serials_not_missing_here', serials, account.missing) ??
    occurrenceRefusal(command.occurredAt, context.now);
  if (rejection !== null) return refuse(rejection);
  return accept({
    type: 'BlanksRecovered',
    data: { ...entryFields(command), serials: serials.toJson(), as: command.as, kind, place },
  });
}
