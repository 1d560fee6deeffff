import {
  accept,
  occurrenceRefusal,
  refuse,
  unknownFacilityRefusal,
  type Decision,
  type DecisionContext,
} from '../account/decision.js';
import { facilityAccount } from '../account/account-id.js';
import type { EntryFields, IssuanceReason } from '../account/events.js';
import { parseFacilityId, type FacilityId } from '../facilities/facility-code.js';
import { reject } from '../rejection.js';

const STREAM_PREFIX = 'demand-';

export function streamOfDemand(facilityId: FacilityId): string {
  return `${STREAM_PREFIX}${facilityId}`;
}

export function demandOfStream(stream: string): FacilityId | null {
  return stream.startsWith(STREAM_PREFIX)
    ? parseFacilityId(stream.slice(STREAM_PREFIX.length))
    : null;
}

/**
 * Residents waiting for a card, as of a day, by reason. Of each reason the latest report that names it
 * counts: one who reports the backlog says nothing of cards that were lost, unless it names them with 0.
 */
export interface DemandEvent {
  readonly type: 'DemandReported';
  readonly data: EntryFields & {
    readonly asOf: string;
    /** The day by which they must be served (an election), or null. */
    readonly deadline: string | null;
    readonly byReason: Readonly<Partial<Record<IssuanceReason, number>>>;
  };
}

export interface ReportDemand extends EntryFields {
  readonly facilityId: FacilityId;
  readonly asOf: string;
  readonly deadline: string | null;
  readonly byReason: Readonly<Partial<Record<IssuanceReason, number>>>;
}

/** Most residents one report may name for one reason. */
export const MAX_WAITING = 100_000_000;

export function decideReportDemand(
  command: ReportDemand,
  context: Pick<DecisionContext, 'now' | 'facilities'>,
): Decision<DemandEvent> {
  const { facilityId, asOf, deadline, byReason } = command;
  const counts = Object.values(byReason);
  const areCounts = counts.every(
    (count) => Number.isSafeInteger(count) && count >= 0 && count <= MAX_WAITING,
  );
  const rejection =
    (areCounts && counts.length > 0
      ? null
      : reject('quantity_out_of_bounds', { details: { most: MAX_WAITING } })) ??
    unknownFacilityRefusal(facilityAccount(facilityId), context.facilities) ??
    occurrenceRefusal(command.occurredAt, context.now);
  if (rejection !== null) return refuse(rejection);
  const { occurredAt, documents, note } = command;
  return accept({
    type: 'DemandReported',
    data: { occurredAt, documents, note, asOf, deadline, byReason },
  });
}
