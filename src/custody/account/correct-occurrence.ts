import { assert } from '../assert.js';
import type { OccurredAt } from '../occurrence.js';
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
import type { CustodyEvent, EntryFields } from './events.js';

/** Replaces a wrong occurredAt of an entry. */
export interface CorrectOccurrence extends EntryFields {
  /** Revision of the entry in the account's stream. */
  readonly revision: bigint;
  readonly correctedTo: OccurredAt;
  readonly reason: string;
}

export interface CorrectableEntry {
  readonly eventId: string;
  readonly event: CustodyEvent;
  /** When the dispatch, issuance or entry happened that this entry itself refers to, if any. */
  readonly cause: OccurredAt | null;
  readonly isReversed: boolean;
}

/** Corrections and reversals speak about other entries and are not corrected themselves. */
const NOT_CORRECTABLE: readonly CustodyEvent['type'][] = ['EntryReversed', 'OccurrenceCorrected'];

export function decideCorrectOccurrence(
  account: CustodyAccount,
  command: CorrectOccurrence,
  entry: CorrectableEntry | null,
  context: DecisionContext,
): Decision {
  const { correctedTo, reason, revision } = command;
  const { now } = context;
  const rejection =
    accountRefusal(account, context) ??
    (entry === null ? reject('entry_not_found') : null) ??
    (entry !== null && NOT_CORRECTABLE.includes(entry.event.type)
      ? reject('not_reversible', { details: { type: entry.event.type } })
      : null) ??
    (entry?.isReversed === true ? reject('entry_already_reversed') : null) ??
    occurrenceRefusal(command.occurredAt, now) ??
    occurrenceRefusal(correctedTo, now, entry?.cause ?? null);
  if (rejection !== null) return refuse(rejection);
  assert(entry !== null, 'what passed its checks is there');
  return accept({
    type: 'OccurrenceCorrected',
    data: {
      ...entryFields(command),
      eventId: entry.eventId,
      revision: String(revision),
      correctedTo,
      reason,
    },
  });
}
