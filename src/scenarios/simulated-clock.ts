import type { Clock } from '../commands/command-envelope.js';

/** A clock that stands where it is put: a scenario records at the time its story is told of. */
export class SimulatedClock implements Clock {
  #now: number;

  /** @param start milliseconds since the epoch */
  constructor(start: number) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  /** Moves on to `instant`; never back. */
  moveTo(instant: number): void {
    if (instant < this.#now) throw new RangeError('a simulated clock never goes back');
    this.#now = instant;
  }
}

/** The machine's clock, moved so that it shows `start` (milliseconds since the epoch) at `begun`. */
export function clockFrom(start: number, begun = Date.now()): Clock {
  return { now: () => start + (Date.now() - begun) };
}
