import { PAGE_EVENTS, type EventFilter } from './event-filter.js';
import { POSITION_STEP } from './stand-in-log.js';
import type { StoredEvent } from './stored-event.js';

/**
 * When a filtered subscription says how far it is. While it catches up that is at the end of a page
 * only: the last event that passed or, without one, where the page began. Live it is after any event.
 */
export class Checkpoints {
  readonly #filter: EventFilter;
  #pageStart: bigint;
  #lastPassed: bigint | null = null;
  #looked = 0;
  #passed = 0;
  #sinceCheckpoint = 0;

  constructor(filter: EventFilter, from: bigint) {
    this.#filter = filter;
    this.#pageStart = from;
  }

  /** The position to tell once this event is dealt with, or null. */
  whileCatchingUp({ position }: StoredEvent, passed: boolean): bigint | null {
    this.#looked++;
    if (passed) {
      this.#passed++;
      this.#lastPassed = position;
    }
    if (this.#passed < PAGE_EVENTS && this.#looked < this.#filter.searchWindow) return null;
    const told = this.#lastPassed ?? this.#pageStart;
    this.caughtUp();
    this.#pageStart = position + POSITION_STEP;
    if (this.#sinceCheckpoint < this.#filter.checkpointInterval) return null;
    this.#sinceCheckpoint %= this.#filter.checkpointInterval;
    return told;
  }

  /** Ends the page. */
  caughtUp(): void {
    this.#sinceCheckpoint += this.#looked;
    this.#looked = 0;
    this.#passed = 0;
    this.#lastPassed = null;
  }

  whileLive({ position }: StoredEvent): bigint | null {
    this.#sinceCheckpoint++;
    if (this.#sinceCheckpoint < this.#filter.checkpointInterval) return null;
    this.#sinceCheckpoint = 0;
    return position;
  }
}
