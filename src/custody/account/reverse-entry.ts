import { assert } from '../assert.js';
import { reject, type Rejection } from '../rejection.js';
import type { SerialSet } from '../serials/serial-set.js';
import type { CustodyAccount } from './custody-account.js';
import {
  accept,
  accountRefusal,
  approvalRefusal,
  entryFields,
  occurrenceRefusal,
  offending,
  refuse,
  type Decision,
  type DecisionContext,
} from './decision.js';
import {
  REVERSIBLE_TYPES,
  type Approval,
  type CustodyEvent,
  type EntryFields,
  type ReversibleType,
} from './events.js';
import { postingsOf, reversedPostings, serialsMovedBy } from './postings.js';

/** An entry made in error is undone by a new entry; nothing is ever edited. */
export interface ReverseEntry extends EntryFields {
  /** Revision of the entry in the account's stream. */
  readonly revision: bigint;
  readonly reason: string;
  readonly approval: Approval | null;
}

/** An entry of the account's own stream, and what came after it. */
export interface EntryHistory {
  readonly eventId: string;
  readonly event: CustodyEvent;
  /** Every serial that later entries of the stream move; need not be known of what cannot be undone. */
  readonly touchedLater: SerialSet;
  readonly isReversed: boolean;
}

const MINISTRY = 'ministry';

/** Whether entries of this type can be undone at all. */
export function isReversible(type: string): type is ReversibleType {
  return (REVERSIBLE_TYPES as readonly string[]).includes(type);
}

function historyRefusal(
  entry: EntryHistory,
  command: ReverseEntry,
  { actor }: DecisionContext,
): Rejection | null {
  const { event, touchedLater, isReversed } = entry;
  if (!isReversible(event.type)) return reject('not_reversible', { details: { type: event.type } });
  if (isReversed) return reject('entry_already_reversed');
  const builtUpon = serialsMovedBy(event).intersect(touchedLater);
  if (!builtUpon.isEmpty) return reject('entry_built_upon', offending(builtUpon));
  if (event.type !== 'BlanksDestroyed') return null;
  const officers = [actor, ...(command.approval === null ? [] : [command.approval.by])];
  return officers.every(({ role }) => role === MINISTRY)
    ? null
    : reject('ministry_officers_required');
}

/** `entry`: null when the stream has no such revision. */
export function decideReverseEntry(
  account: CustodyAccount,
  command: ReverseEntry,
  entry: EntryHistory | null,
  context: DecisionContext,
): Decision {
  const rejection =
    accountRefusal(account, context) ??
    (entry === null ? reject('entry_not_found') : historyRefusal(entry, command, context)) ??
    approvalRefusal(command.approval, true, context) ??
    occurrenceRefusal(command.occurredAt, context.now, entry?.event.data.occurredAt ?? null);
  if (rejection !== null) return refuse(rejection);
  const { approval, reason, revision } = command;
  assert(entry !== null && approval !== null, 'what passed its checks is there');
  const { event, eventId } = entry;
  assert(isReversible(event.type), 'only reversible entries pass');
  return accept({
    type: 'EntryReversed',
    data: {
      ...entryFields(command),
      eventId,
      revision: String(revision),
      entryType: event.type,
      postings: reversedPostings(postingsOf(event)),
      unnumbered: event.type === 'BlanksDestroyed' ? event.data.unnumbered : 0,
      reason,
      approval,
    },
  });
}
