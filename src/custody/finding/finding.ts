import {
  accept,
  formRefusal,
  occurrenceRefusal,
  refuse,
  type Decision,
  type DecisionContext,
} from '../account/decision.js';
import type { EntryFields } from '../account/events.js';
import { assertNever } from '../assert.js';
import type { OccurredAt } from '../occurrence.js';
import { reject } from '../rejection.js';
import type { SerialSet, SerialSetJson } from '../serials/serial-set.js';

/** Cards that turned up outside any manifest; one stream `finding-<id>` each. They enter no books by it. */
export type FindingId = string & { readonly __brand: 'FindingId' };

const STREAM_PREFIX = 'finding-';
const FINDING_ID = /^[0-9A-Z][0-9A-Z-]{0,31}$/;

export function parseFindingId(text: string): FindingId | null {
  return FINDING_ID.test(text) ? (text as FindingId) : null;
}

export function streamOfFinding(id: FindingId): string {
  return `${STREAM_PREFIX}${id}`;
}

export function findingOfStream(stream: string): FindingId | null {
  return stream.startsWith(STREAM_PREFIX)
    ? parseFindingId(stream.slice(STREAM_PREFIX.length))
    : null;
}

/** How the books resolve a finding: by the entry each kind of serial calls for. */
export const FINDING_RESOLUTIONS = [
  'surrendered',
  'recovered',
  'received',
  'reported_missing',
  'contradiction',
  'no_serials',
] as const;
export type FindingResolution = (typeof FINDING_RESOLUTIONS)[number];

export type FindingEvent =
  | {
      readonly type: 'FindingRecorded';
      readonly data: EntryFields & {
        readonly findingId: FindingId;
        readonly place: string;
        readonly serials: SerialSetJson;
        readonly chipUids: readonly string[];
        readonly illegibleCount: number;
        /** Lower-case hex SHA-256 of each photo. */
        readonly photos: readonly string[];
      };
    }
  | {
      readonly type: 'FindingResolved';
      readonly data: EntryFields & {
        readonly findingId: FindingId;
        readonly how: FindingResolution;
        /** The entries that carried the resolution out. */
        readonly eventIds: readonly string[];
      };
    };

/** Null until recorded. */
export type Finding = { readonly occurredAt: OccurredAt; readonly isResolved: boolean } | null;

export function evolveFinding(finding: Finding, event: FindingEvent): Finding {
  switch (event.type) {
    case 'FindingRecorded':
      return { occurredAt: event.data.occurredAt, isResolved: false };
    case 'FindingResolved':
      if (finding === null) throw new Error('a finding is recorded before it is resolved');
      return { ...finding, isResolved: true };
    default:
      return assertNever(event);
  }
}

export interface RecordFinding extends EntryFields {
  readonly findingId: FindingId;
  readonly place: string;
  readonly serials: SerialSet;
  readonly chipUids: readonly string[];
  readonly illegibleCount: number;
  readonly photos: readonly string[];
}

/** Most cards without a legible serial one finding may have. */
export const MAX_ILLEGIBLE = 10_000_000;

export function decideRecordFinding(
  finding: Finding,
  command: RecordFinding,
  context: Pick<DecisionContext, 'now'>,
): Decision<FindingEvent> {
  const { serials, chipUids, illegibleCount } = command;
  const isCount =
    Number.isSafeInteger(illegibleCount) && illegibleCount >= 0 && illegibleCount <= MAX_ILLEGIBLE;
  const isNothing = serials.isEmpty && chipUids.length === 0 && illegibleCount === 0;
  const rejection =
    formRefusal(serials) ??
    (isNothing ? reject('no_serials') : null) ??
    (isCount ? null : reject('quantity_out_of_bounds', { details: { illegibleCount } })) ??
    (finding === null ? null : reject('finding_exists')) ??
    occurrenceRefusal(command.occurredAt, context.now);
  if (rejection !== null) return refuse(rejection);
  return accept({ type: 'FindingRecorded', data: { ...command, serials: serials.toJson() } });
}

export interface ResolveFinding extends EntryFields {
  readonly findingId: FindingId;
  readonly how: FindingResolution;
  readonly eventIds: readonly string[];
}

/** Resolutions that no entry of the books carries out. */
const NEEDS_NO_ENTRY: readonly FindingResolution[] = ['contradiction', 'no_serials'];

export function decideResolveFinding(
  finding: Finding,
  command: ResolveFinding,
  context: Pick<DecisionContext, 'now'>,
): Decision<FindingEvent> {
  const needsEntry = !NEEDS_NO_ENTRY.includes(command.how);
  const rejection =
    (finding === null ? reject('finding_not_found') : null) ??
    (finding?.isResolved === true ? reject('finding_resolved') : null) ??
    (needsEntry && command.eventIds.length === 0 ? reject('evidence_required') : null) ??
    occurrenceRefusal(command.occurredAt, context.now, finding?.occurredAt ?? null);
  return rejection === null
    ? accept({ type: 'FindingResolved', data: command })
    : refuse(rejection);
}
