import type { CustodyEvent, Officer } from '../../custody/account/events.js';
import type { DemandEvent } from '../../custody/demand/demand.js';
import type { FacilityEvent } from '../../custody/facilities/facility-events.js';
import type { FindingEvent } from '../../custody/finding/finding.js';

/** Everything the ledger's streams can hold. */
export type LedgerEvent = CustodyEvent | FindingEvent | DemandEvent | FacilityEvent;

/** The device an entry was captured on while its line was down. */
export interface Capture {
  readonly device: string;
  /** ISO 8601, UTC. */
  readonly capturedAt: string;
}

/** What is stored beside every event, in this form. */
export interface EventMetadata {
  /** Version of the event's shape, from 1. */
  readonly schema: number;
  readonly actor: Officer;
  readonly commandId: string;
  /** Lower-case hex SHA-256 of the canonical command, without persons. */
  readonly commandHash: string;
  /** When this ledger accepted it, by the node's clock: ISO 8601 UTC with milliseconds. */
  readonly recordedAt: string;
  /** The grant the actor acted under; null where the actor's role was stated, not granted. */
  readonly grantId: string | null;
  readonly accessRevision: string | null;
  /** The facility acted for by an officer of another, as its successor or its parent. */
  readonly onBehalfOf: string | null;
  readonly capture: Capture | null;
  readonly correlationId: string;
  readonly causationId: string | null;
}

/** A stored event as the rest of the program sees it: checked, and in today's shape. */
export type Recorded<E extends LedgerEvent = LedgerEvent> = E & {
  readonly stream: string;
  readonly revision: bigint;
  readonly position: bigint;
  readonly id: string;
  readonly metadata: EventMetadata;
};
