import { WrongExpectedVersion, type ExpectedRevision } from '../event-store.js';
import type { AppendRequest } from '../codec/append-request.js';
import { bodyOf, eventText, streamsOf, type StreamEntry } from './commit-row.js';
import type { EmbeddedLog } from './embedded-log.js';

/** What an append will be answered once the draft it belongs to is durable. */
export type AppendOutcome =
  | { readonly kind: 'stands'; readonly revision: number; readonly position: number }
  | { readonly kind: 'refused'; readonly error: WrongExpectedVersion };

interface KnownId {
  readonly stream: string;
  readonly revision: number;
  readonly position: number;
}

/**
 * Ids lately appended with `any` or `stream_exists`, the only trace by which a retry of those is
 * known: best effort, as in EventStoreDB, whose cache is bounded too. Oldest out first.
 */
export class RecentIds {
  readonly #ids = new Map<string, KnownId>();
  constructor(readonly capacity: number) {}

  get(id: string): KnownId | undefined {
    return this.#ids.get(id);
  }

  add(id: string, known: KnownId): void {
    this.#ids.set(id, known);
    if (this.#ids.size <= this.capacity) return;
    for (const oldest of this.#ids.keys()) {
      this.#ids.delete(oldest);
      return;
    }
  }
}

/**
 * One row of the log in the making: appends are decided one after the other against the log, plus
 * the row before this one while it is on its way to the disk, plus what was placed in this draft before them, so one that fails leaves the others untouched. The
 * rules are those of EventStoreDB's IndexWriter.CheckCommit.
 */
export class CommitDraft {
  readonly #log: EmbeddedLog;
  readonly #recentIds: RecentIds;
  readonly #texts: string[] = [];
  readonly #ids: string[] = [];
  readonly #entries: StreamEntry[] = [];
  /** Last revision of each stream this draft extends. */
  readonly #lastRevisions = new Map<string, number>();
  #before: CommitDraft | null;
  readonly position: number;

  /** @param before the row before this one, when the log does not hold it yet */
  constructor(log: EmbeddedLog, recentIds: RecentIds, before: CommitDraft | null = null) {
    this.#log = log;
    this.#recentIds = recentIds;
    this.#before = before;
    this.position = before === null ? log.head + 1 : before.position + before.count;
  }

  /** To be called once the log holds the row before this one. */
  followsLog(): void {
    this.#before = null;
  }

  get count(): number {
    return this.#texts.length;
  }

  get entries(): readonly StreamEntry[] {
    return this.#entries;
  }

  streams(): string {
    return streamsOf(this.#entries);
  }

  body(): string {
    return bodyOf(this.#texts);
  }

  decide(request: AppendRequest, expected: ExpectedRevision): AppendOutcome {
    const { stream, events } = request;
    const actual = this.#lastRevision(stream);
    if (expected === 'any' || expected === 'stream_exists') {
      return this.#decideLoosely(request, expected, actual);
    }
    // Beyond 2^53 no stream is anywhere near, so the lost precision changes no answer.
    const exact = expected === 'no_stream' ? -1 : Number(expected);
    if (exact === actual) return this.#place(request, actual);
    const last = exact + events.length;
    const retried =
      last <= actual &&
      events.every((event, index) => this.#idAt(stream, exact + 1 + index) === event.id);
    if (!retried) return refused(stream, expected, actual);
    return { kind: 'stands', revision: last, position: this.#positionOf(stream, last) };
  }

  #decideLoosely(
    request: AppendRequest,
    expected: 'any' | 'stream_exists',
    actual: number,
  ): AppendOutcome {
    const { stream, events } = request;
    const known = events.map((event) => {
      const recent = this.#recentIds.get(event.id);
      return recent?.stream === stream ? recent : undefined;
    });
    const last = known.at(-1);
    if (known[0] !== undefined) {
      const all = known.every((recent) => recent !== undefined);
      if (!all || last === undefined) return refused(stream, expected, actual);
      return { kind: 'stands', revision: last.revision, position: last.position };
    }
    if (expected === 'stream_exists' && actual === -1) return refused(stream, expected, actual);
    const outcome = this.#place(request, actual);
    const first = this.position + this.count - events.length;
    events.forEach((event, index) => {
      const at = { stream, revision: actual + 1 + index, position: first + index };
      this.#recentIds.add(event.id, at);
    });
    return outcome;
  }

  #place(request: AppendRequest, actual: number): AppendOutcome {
    const { stream, events } = request;
    for (const event of events) {
      this.#texts.push(eventText(event));
      this.#ids.push(event.id);
    }
    const previous = this.#entries.at(-1);
    if (previous?.stream === stream) {
      const count = previous.count + events.length;
      this.#entries[this.#entries.length - 1] = { ...previous, count };
    } else {
      this.#entries.push({ stream, firstRevision: actual + 1, count: events.length });
    }
    const revision = actual + events.length;
    this.#lastRevisions.set(stream, revision);
    return { kind: 'stands', revision, position: this.position + this.count - 1 };
  }

  /** −1 when the stream has no events. */
  #lastRevision(stream: string): number {
    return this.#lastRevisions.get(stream) ?? this.#lastRevisionBefore(stream);
  }

  #lastRevisionBefore(stream: string): number {
    return this.#before === null
      ? this.#log.index.lastRevision(stream)
      : this.#before.#lastRevision(stream);
  }

  #idAt(stream: string, revision: number): string | undefined {
    if (revision > this.#lastRevisionBefore(stream))
      return this.#ids[this.#positionOf(stream, revision) - this.position];
    return this.#before === null
      ? this.#log.idAt(stream, revision)
      : this.#before.#idAt(stream, revision);
  }

  #positionOf(stream: string, revision: number): number {
    if (revision <= this.#lastRevisionBefore(stream)) {
      return this.#before === null
        ? this.#log.index.positionOf(stream, revision)
        : this.#before.#positionOf(stream, revision);
    }
    let position = this.position;
    for (const entry of this.#entries) {
      const offset = revision - entry.firstRevision;
      if (entry.stream === stream && offset >= 0 && offset < entry.count) return position + offset;
      position += entry.count;
    }
    throw new RangeError(`the draft holds no revision ${revision} of ${stream}`);
  }
}

function refused(stream: string, expected: ExpectedRevision, actual: number): AppendOutcome {
  const last = actual === -1 ? null : BigInt(actual);
  return { kind: 'refused', error: new WrongExpectedVersion(stream, expected, last) };
}
