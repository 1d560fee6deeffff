import { decodeEvent } from '../../event-store/codec/event-codec.js';
import type { Recorded } from '../../event-store/codec/ledger-event.js';
import type { RecordedEvent } from '../../event-store/event-store.js';
import { eventAnswer } from '../trail/event-answer.js';

/** What an issuance takes in memory, nearly; others are measured. */
const USUAL_SIZE = 1_000;

/** An event on its way to those who follow the log; read and written out once for all of them. */
export class LiveEvent {
  #event: Recorded | null = null;
  #json: string | null = null;

  constructor(private readonly recorded: RecordedEvent) {}

  get position(): bigint {
    return this.recorded.position;
  }

  /** @throws {LogCorrupt} */
  get event(): Recorded {
    this.#event ??= decodeEvent(this.recorded);
    return this.#event;
  }

  /** As `GET /api/events` shows it, in one line. */
  get json(): string {
    this.#json ??= JSON.stringify(eventAnswer(this.event));
    return this.#json;
  }

  /** About how much memory it takes, in bytes. */
  get size(): number {
    const { type, data } = this.recorded;
    return type === 'BlankIssued' ? USUAL_SIZE : USUAL_SIZE + 2 * JSON.stringify(data).length;
  }
}
