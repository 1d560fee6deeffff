interface Appointment {
  /** Local time, `2017-03-22T10:00`. */
  readonly at: string;
  readonly action: () => void;
}

/**
 * What is to happen in a story, in the order of time; of one time, in the order it was put down. What
 * happens may put further things down, never earlier than itself.
 */
export class Agenda {
  readonly #appointments: Appointment[] = [];

  /** O(n) where appointments are put down nearly in the order of time. */
  at(at: string, action: () => void): void {
    const before = this.#appointments.findLastIndex((other) => other.at <= at);
    this.#appointments.splice(before + 1, 0, { at, action });
  }

  /** Lets everything happen. */
  run(): void {
    for (
      let next = this.#appointments.shift();
      next !== undefined;
      next = this.#appointments.shift()
    )
      next.action();
  }
}
