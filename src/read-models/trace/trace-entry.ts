import type { Officer } from '../../custody/account/events.js';
import type { OccurredAt } from '../../custody/occurrence.js';
import { formatSerialNumber, type BatchCode } from '../../custody/serials/serial-number.js';
import type { JsonObject } from '../../event-store/event-store.js';
import { routeOf, type Route } from '../custody-line/story-facts.js';
import { isIssuance, type StoryEntry } from '../custody-line/story-entry.js';
import type { PlaceName } from '../custody-line/places.js';
import type { StoryStep } from '../custody-line/story.js';

/** An entry of an account as a trace shows it. */
export interface TraceEntry {
  readonly type: string;
  readonly eventId: string;
  readonly account: string;
  /** Decimal. */
  readonly revision: string;
  readonly position: string;
  /** Ledger time: ISO 8601, UTC. */
  readonly recordedAt: string;
  /** As it was stated. */
  readonly occurredAt: OccurredAt;
  /** As it was corrected, by the last correction; null for none. */
  readonly correctedTo: OccurredAt | null;
  readonly actor: Officer;
  /** What else it says, by its type. */
  readonly details: JsonObject;
}

/** The same moment on either clock: ISO 8601, UTC. */
export interface Moment {
  /** When the ledger knew of it. */
  readonly recorded: string;
  /** When it took effect, as far as is known now; null for what was reversed, and for reversals. */
  readonly occurred: string | null;
}

/** Where serials are in the books. */
export interface Whereabouts {
  readonly place: PlaceName;
  /** Who answers for them; null on the way: then the shipment does. */
  readonly account: string | null;
  readonly shipment: Route | null;
}

export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}

export function momentOf({ entry, effectiveAt }: StoryStep): Moment {
  return {
    recorded: isoTime(entry.ledgerTime),
    occurred: effectiveAt === null ? null : isoTime(effectiveAt),
  };
}

/** Where a step left them. */
export function whereaboutsAfter(step: StoryStep): Whereabouts {
  const shipment = routeOf(step);
  const account = shipment === null ? step.entry.account : null;
  return { place: step.to, account, shipment };
}

export function traceEntry(entry: StoryEntry): TraceEntry {
  const { type, eventId, account, revision, position, ledgerTime, occurred, corrected } = entry;
  return {
    type,
    eventId,
    account,
    revision: String(revision),
    position: String(position),
    recordedAt: isoTime(ledgerTime),
    occurredAt: occurred,
    correctedTo: corrected,
    actor: entry.actor,
    details: detailsOf(entry),
  };
}

/**
 * An issuance also says to whom and instead of which card. What a receipt says of a hundred seals is told with
 * the package in question.
 */
function detailsOf(entry: StoryEntry): JsonObject {
  if (!isIssuance(entry)) {
    const details = Object.entries(entry.details).filter(([name]) => name !== 'sealChecks');
    return Object.fromEntries(details);
  }
  const { subject, replaces } = entry;
  const batch = replaces?.batch as BatchCode | undefined;
  const card =
    replaces === null || batch === undefined ? null : formatSerialNumber({ ...replaces, batch });
  return { ...entry.details, subject, replaces: card };
}
