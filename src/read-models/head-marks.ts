/** Marks kept at most; beyond, those between the oldest and the newest give way. */
const MAX_MARKS = 1_000;

interface Mark {
  readonly position: bigint;
  /** When the log was seen to be there, in milliseconds. */
  readonly atMs: number;
}

/**
 * Where the log was seen to end, and when: tells for how long a follower has been behind, whatever
 * positions are worth. O(1) amortised.
 */
export class HeadMarks {
  private readonly marks: Mark[] = [];
  private first: bigint | null = null;

  /** @param atMs of a clock that only goes forward */
  see(head: bigint, atMs: number): void {
    this.first ??= head;
    const last = this.marks.at(-1);
    if (last !== undefined && head <= last.position) return;
    if (this.marks.length === MAX_MARKS) this.marks.pop();
    this.marks.push({ position: head, atMs });
  }

  /** Drops what every follower has reached. */
  reached(position: bigint): void {
    while ((this.marks[0]?.position ?? position + 1n) <= position) this.marks.shift();
  }

  /**
   * How long ago the log was first seen beyond `position`, in milliseconds; 0 when it was not. Null while
   * the follower has not come to where the log was first seen to end.
   */
  lagMs(position: bigint, nowMs: number): number | null {
    if (this.first !== null && position < this.first) return null;
    const beyond = this.marks.find((mark) => mark.position > position);
    return beyond === undefined ? 0 : nowMs - beyond.atMs;
  }
}
