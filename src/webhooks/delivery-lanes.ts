import type { Delivery } from './webhook.js';

/** The pending deliveries of one webhook: of each lane one at a time, in the order of the log. */
export class DeliveryLanes {
  readonly #lanes = new Map<string, Delivery[]>();
  readonly #busy = new Set<string>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Of those under way. */
  get busy(): number {
    return this.#busy.size;
  }

  /** A delivery that was given up once and comes again stands before those behind it in the log. */
  add(delivery: Delivery): void {
    const lane = this.#lanes.get(delivery.lane) ?? [];
    const at = lane.findLastIndex(({ position }) => position < delivery.position) + 1;
    lane.splice(at, 0, delivery);
    this.#lanes.set(delivery.lane, lane);
    this.#size++;
  }

  /**
   * Begins the first in the log of those that are due, in a lane where none is under way.
   * @param longestMs none waits for longer: one that does was put off before the clock jumped back
   */
  begin(now: number, longestMs: number): Delivery | null {
    let due: Delivery | null = null;
    for (const head of this.#heads()) {
      const isDue = head.nextAt <= now || head.nextAt > now + longestMs;
      if (isDue && (due === null || head.position < due.position)) due = head;
    }
    if (due !== null) this.#busy.add(due.lane);
    return due;
  }

  /** When the next one is due; null while none waits for its time. */
  nextAt(): number | null {
    let next: number | null = null;
    for (const { nextAt } of this.#heads()) if (next === null || nextAt < next) next = nextAt;
    return next;
  }

  /** One that was begun is over: it leaves, or stays in its place as it is now. */
  settle(delivery: Delivery, again: Delivery | null): void {
    const lane = this.#lanes.get(delivery.lane) ?? [];
    const at = lane.findIndex(({ id }) => id === delivery.id);
    if (at !== -1) {
      lane.splice(at, 1, ...(again === null ? [] : [again]));
      if (again === null) this.#size--;
    }
    if (lane.length === 0) this.#lanes.delete(delivery.lane);
    this.#busy.delete(delivery.lane);
  }

  *#heads(): Generator<Delivery, void, undefined> {
    for (const [name, [head]] of this.#lanes)
      if (head !== undefined && !this.#busy.has(name)) yield head;
  }
}
