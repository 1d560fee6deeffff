import { reject, type Rejection } from '../rejection.js';
import { formatSerialNumber, type SerialNumber } from '../serials/serial-number.js';
import { SerialSet } from '../serials/serial-set.js';
import type { CustodyAccount } from './custody-account.js';
import {
  accept,
  accountRefusal,
  emptyRefusal,
  entryFields,
  formRefusal,
  occurrenceRefusal,
  offending,
  outsideRefusal,
  refuse,
  type Decision,
  type DecisionContext,
} from './decision.js';
import type { CustodyEvent, EntryFields, IssuanceReason } from './events.js';

/** Most blanks one command may issue. */
export const MAX_ISSUANCES = 1_000;

export interface Issuance {
  readonly serial: SerialNumber;
  readonly reason: IssuanceReason;
  /** The card this one replaces, if any. */
  readonly replaces: SerialNumber | null;
  /** Upper-case hex, as read from the chip. */
  readonly chipUid: string | null;
}

/** Blanks become cards of residents; one event a blank, all or none. */
export interface IssueBlanks extends EntryFields {
  readonly issuances: readonly Issuance[];
}

/** Until an issuance is accepted nobody's identity is looked up: see {@link withSubjects}. */
export const UNRESOLVED_SUBJECT = '0'.repeat(64);

function rangeOf({ batch, number }: SerialNumber) {
  return { batch, first: number, last: number };
}

function repeatedRefusal(issuances: readonly Issuance[], serials: SerialSet): Rejection | null {
  if (serials.size === issuances.length) return null;
  let seen = SerialSet.empty;
  let repeated = SerialSet.empty;
  for (const { serial } of issuances) {
    const one = SerialSet.of([rangeOf(serial)]);
    if (seen.intersects(one)) repeated = repeated.union(one);
    seen = seen.union(one);
  }
  return reject('overlapping_ranges', offending(repeated));
}

function selfReplacing(issuances: readonly Issuance[]): SerialSet {
  const same = issuances.filter(
    ({ serial, replaces }) => replaces?.batch === serial.batch && replaces.number === serial.number,
  );
  return SerialSet.of(same.map(({ serial }) => rangeOf(serial)));
}

export function decideIssueBlanks(
  account: CustodyAccount,
  command: IssueBlanks,
  context: DecisionContext,
): Decision {
  const { issuances } = command;
  const serials = SerialSet.of(issuances.map(({ serial }) => rangeOf(serial)));
  const selves = selfReplacing(issuances);
  const rejection =
    formRefusal(serials) ??
    repeatedRefusal(issuances, serials) ??
    emptyRefusal(serials) ??
    (issuances.length > MAX_ISSUANCES
      ? reject('quantity_out_of_bounds', { details: { most: MAX_ISSUANCES } })
      : null) ??
    accountRefusal(account, context, ['facility']) ??
    outsideRefusal('serials_not_usable_here', serials, account.usable) ??
    (selves.isEmpty ? null : reject('card_replaces_itself', offending(selves))) ??
    occurrenceRefusal(command.occurredAt, context.now);
  if (rejection !== null) return refuse(rejection);
  const fields = entryFields(command);
  return accept(
    ...issuances.map(({ serial, reason, replaces, chipUid }) => ({
      type: 'BlankIssued' as const,
      data: {
        ...fields,
        serial: formatSerialNumber(serial),
        subject: UNRESOLVED_SUBJECT,
        reason,
        replaces: replaces === null ? null : formatSerialNumber(replaces),
        chipUid,
      },
    })),
  );
}

/** The accepted issuances with their subjects, in the order of the command. */
export function withSubjects(
  events: readonly CustodyEvent[],
  subjects: readonly string[],
): readonly CustodyEvent[] {
  return events.map((event, index) => {
    const subject = subjects[index];
    if (event.type !== 'BlankIssued' || subject === undefined)
      throw new Error('one subject an issuance');
    return { type: event.type, data: { ...event.data, subject } };
  });
}
