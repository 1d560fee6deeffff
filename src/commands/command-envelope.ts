import type { Officer } from '../custody/account/events.js';
import type { Capture } from '../event-store/codec/ledger-event.js';

/** Who gives a command, and by which key it is recognised when it is given again. */
export interface CommandEnvelope {
  /** Unique within the stream the command is written to, for ever. */
  readonly commandId: string;
  readonly actor: Officer;
  readonly capture: Capture | null;
  readonly correlationId: string;
  readonly causationId: string | null;
}

/** A clock in milliseconds since the epoch: the machine's, or a scenario's. */
export interface Clock {
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };
