import { reject } from '../rejection.js';
import { MAX_SERIAL_NUMBER } from '../serials/serial-number.js';
import type { CustodyAccount } from './custody-account.js';
import {
  accept,
  approvalRefusal,
  entryFields,
  kindRefusal,
  occurrenceRefusal,
  refuse,
  type Decision,
  type DecisionContext,
} from './decision.js';
import type { Approval, EntryFields } from './events.js';

/** Opens the serial space 1..serialMax of a batch under a contract; creates no blanks. */
export interface ProcureBatch extends EntryFields {
  /** Null for a legacy batch: opening stock and cards older than the ledger. */
  readonly contract: string | null;
  readonly vendor: string;
  readonly signedOn: string;
  readonly quantity: number;
  readonly serialMax: number;
  readonly cardOrigin: string;
  readonly chipOrigin: string;
  readonly approval: Approval | null;
}

function isWithinBounds({ quantity, serialMax }: ProcureBatch): boolean {
  if (!Number.isSafeInteger(quantity) || !Number.isSafeInteger(serialMax)) return false;
  return quantity >= 1 && quantity <= serialMax && serialMax <= MAX_SERIAL_NUMBER;
}

/** Written to the batch's account, whose stream must not exist yet. */
export function decideProcureBatch(
  account: CustodyAccount,
  command: ProcureBatch,
  context: DecisionContext,
): Decision {
  const rejection =
    (isWithinBounds(command)
      ? null
      : reject('quantity_out_of_bounds', {
          details: { quantity: command.quantity, serialMax: command.serialMax },
        })) ??
    (account.batch === null ? null : reject('batch_exists')) ??
    kindRefusal(account, ['batch']) ??
    approvalRefusal(command.approval, false, context) ??
    occurrenceRefusal(command.occurredAt, context.now);
  if (rejection !== null) return refuse(rejection);
  const { contract, vendor, signedOn, quantity, serialMax, cardOrigin, chipOrigin, approval } =
    command;
  return accept({
    type: 'BatchProcured',
    data: {
      ...entryFields(command),
      contract,
      vendor,
      signedOn,
      quantityContracted: quantity,
      serialMax,
      cardOrigin,
      chipOrigin,
      approval,
    },
  });
}
