import { assert } from '../assert.js';
import { reject, type Rejection } from '../rejection.js';
import type { SerialSet } from '../serials/serial-set.js';
import type { CustodyAccount } from './custody-account.js';
import {
  accept,
  accountRefusal,
  approvalRefusal,
  entryFields,
  formRefusal,
  occurrenceRefusal,
  outsideRefusal,
  refuse,
  type Decision,
  type DecisionContext,
} from './decision.js';
import type { Approval, DestructionMethod, EntryFields, Officer } from './events.js';

/** Invalid cards are destroyed for good, before two witnesses, with an official record. */
export interface DestroyBlanks extends EntryFields {
  readonly serials: SerialSet;
  /** Cards without a legible serial destroyed with them. */
  readonly unnumbered: number;
  readonly method: DestructionMethod;
  readonly place: string;
  readonly witnesses: readonly Officer[];
  readonly approval: Approval | null;
}

const WITNESSES_NEEDED = 2;

function amountRefusal({ serials, unnumbered }: DestroyBlanks): Rejection | null {
  if (serials.isEmpty && unnumbered === 0) return reject('no_serials');
  const isCount = Number.isSafeInteger(unnumbered) && unnumbered >= 0;
  return isCount ? null : reject('quantity_out_of_bounds', { details: { unnumbered } });
}

function witnessRefusal(
  { witnesses, approval }: DestroyBlanks,
  { actor }: DecisionContext,
): Rejection | null {
  const parties = new Set([actor.id, approval?.by.id]);
  const independent = new Set(witnesses.map(({ id }) => id).filter((id) => !parties.has(id)));
  if (independent.size >= WITNESSES_NEEDED) return null;
  return reject('witnesses_required', {
    details: { independent: independent.size, needed: WITNESSES_NEEDED },
  });
}

export function decideDestroyBlanks(
  account: CustodyAccount,
  command: DestroyBlanks,
  context: DecisionContext,
): Decision {
  const { serials, unnumbered, method, place, witnesses, approval } = command;
  const rejection =
    formRefusal(serials) ??
    amountRefusal(command) ??
    accountRefusal(account, context, ['facility', 'batch']) ??
    outsideRefusal('serials_not_invalid_here', serials, account.invalid) ??
    (unnumbered > account.unnumbered
      ? reject('unnumbered_exceeds_balance', { details: { held: account.unnumbered } })
      : null) ??
    witnessRefusal(command, context) ??
    (command.documents.length === 0 ? reject('record_required') : null) ??
    approvalRefusal(approval, true, context) ??
    occurrenceRefusal(command.occurredAt, context.now);
  if (rejection !== null) return refuse(rejection);
  assert(approval !== null, 'an approval that passed its check is there');
  return accept({
    type: 'BlanksDestroyed',
    data: {
      ...entryFields(command),
      serials: serials.toJson(),
      unnumbered,
      method,
      place,
      witnesses,
      approval,
    },
  });
}
