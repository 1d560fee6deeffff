import {
  StoreReadOnly,
  StoreUnavailable,
  type AppendResult,
  type ExpectedRevision,
} from '../event-store.js';
import type { AppendRequest } from '../codec/append-request.js';
import { CommitDraft, RecentIds, type AppendOutcome } from './commit-draft.js';
import { chainHash } from './commit-row.js';
import type { CommitOutcome, CommitThread } from './commit-thread.js';
import type { EmbeddedLog } from './embedded-log.js';
import { MAX_POSITION } from './stream-index.js';

/** A row takes further appends until it holds so many events… */
const MAX_GROUP_EVENTS = 256;
/** …or so many bytes; a single larger append gets a row to itself. */
const MAX_GROUP_BYTES = 1024 * 1024;
/** Bounds of what may wait; beyond them an append is turned away as busy. */
const MAX_QUEUED_APPENDS = 4_096;
const MAX_QUEUED_BYTES = 64 * 1024 * 1024;
/** Rows that may be under way at once: one on its way to the disk, and one that waits behind it. */
const MAX_UNDER_WAY = 2;
/** What it takes to make one more append ready for the disk, in milliseconds; see `#isWorthSending`. */
const APPEND_COST_MS = 0.008;
const MAX_RECENT_IDS = 10_000;

export interface GroupCommitObserver {
  /** After each append that stands: from the call to its acknowledgement. */
  readonly onAppend?: ((durationMs: number, events: number) => void) | undefined;
  /** After each commit, once its appends are acknowledged. */
  readonly onCommit: () => void;
}

interface Answers {
  readonly group: readonly Queued[];
  readonly outcomes: readonly AppendOutcome[];
}

/** A row under way, and what is to be answered once it is durable. */
interface Written {
  readonly draft: CommitDraft;
  readonly answers: Answers[];
}

interface Queued {
  readonly request: AppendRequest;
  readonly expected: ExpectedRevision;
  readonly since: number;
  readonly resolve: (result: AppendResult) => void;
  readonly reject: (error: Error) => void;
}

/**
 * The only way into the log. Appends that arrive together are decided in order of arrival and made
 * durable by one INSERT, which is one transaction and one fsync, in a thread of its own; only then are they
 * answered. A row may be sent behind one that is still under way, decided on what that one will
 * leave: when the first fails, neither is written. The first write that fails ends writing for good: after a failed fsync nobody knows what
 * is on disk, and trying again can report as safe what was lost (the fsync errors PostgreSQL met in
 * 2018). Reading goes on; a restart finds out what is there.
 */
export class GroupCommit {
  readonly #log: EmbeddedLog;
  readonly #thread: CommitThread;
  readonly #observer: GroupCommitObserver;
  readonly #recentIds = new RecentIds(MAX_RECENT_IDS);
  #queue: Queued[] = [];
  #queuedBytes = 0;
  #scheduled = false;
  #underWay = 0;
  /** The row sent last, while it is under way. */
  #latest: Written | null = null;
  #previousHash: Uint8Array;
  #readOnlyReason: string | null = null;
  #lastCommitMs: number | null = null;
  #stopping = false;
  #whenDrained: (() => void) | null = null;

  /** @param previousHash of the log's last row */
  constructor(
    log: EmbeddedLog,
    previousHash: Uint8Array,
    thread: CommitThread,
    observer: GroupCommitObserver,
  ) {
    this.#log = log;
    this.#previousHash = previousHash;
    this.#thread = thread;
    this.#observer = observer;
  }

  get readOnlyReason(): string | null {
    return this.#readOnlyReason;
  }

  get queued(): number {
    return this.#queue.length;
  }

  /** Duration of the last commit, in milliseconds; null before the first. */
  get lastCommitMs(): number | null {
    return this.#lastCommitMs;
  }

  append(request: AppendRequest, expected: ExpectedRevision): Promise<AppendResult> {
    if (this.#stopping) return Promise.reject(new StoreUnavailable('the event store is closed'));
    if (this.#readOnlyReason !== null) {
      return Promise.reject(new StoreReadOnly(this.#readOnlyReason));
    }
    const full =
      this.#queue.length >= MAX_QUEUED_APPENDS ||
      this.#queuedBytes + request.bytes > MAX_QUEUED_BYTES;
    if (full) {
      return Promise.reject(
        new StoreUnavailable('busy: too many appends are waiting; nothing was written'),
      );
    }
    return new Promise((resolve, reject) => {
      this.#queue.push({ request, expected, since: performance.now(), resolve, reject });
      this.#queuedBytes += request.bytes;
      if (this.#isWorthSending()) this.#commitGroup();
      else this.#schedule();
    });
  }

  /** Takes no more appends; resolves once those that wait have been answered. */
  async drain(): Promise<void> {
    this.#stopping = true;
    if (this.#queue.length === 0 && this.#underWay === 0) return;
    await new Promise<void>((resolve) => {
      this.#whenDrained = resolve;
    });
  }

  /** To be called after {@link drain}. */
  closeConnection(): Promise<void> {
    return this.#thread.close();
  }

  #schedule(): void {
    if (this.#scheduled || this.#underWay > 0) return;
    this.#scheduled = true;
    // After the poll phase: every request that this turn of the event loop read joins the group.
    setImmediate(() => {
      this.#scheduled = false;
      this.#next();
    });
  }

  /**
   * Whether to send what has gathered in this turn of the event loop before the turn ends, behind a
   * row that is still under way if need be: as soon as it took as long to gather as a commit takes.
   * So both threads are busy where the disk is quick, and where it is slow a commit holds all there is.
   */
  #isWorthSending(): boolean {
    return (
      this.#underWay < MAX_UNDER_WAY &&
      this.#lastCommitMs !== null &&
      this.#queue.length * APPEND_COST_MS >= this.#lastCommitMs
    );
  }

  /** Sends what waits, unless something is under way whose end will do so. */
  #next(): void {
    while (this.#underWay === 0 && this.#queue.length > 0) this.#commitGroup();
    if (this.#underWay === 0) this.#whenDrained?.();
  }

  #commitGroup(): void {
    const group = this.#takeGroup();
    const before = this.#latest;
    try {
      const draft = new CommitDraft(this.#log, this.#recentIds, before?.draft ?? null);
      const outcomes = group.map(({ request, expected }) => draft.decide(request, expected));
      if (draft.count > 0) this.#write({ draft, answers: [{ group, outcomes }] });
      else if (before === null) this.#answer({ group, outcomes });
      // What they are answered rests on a row that is not durable yet.
      else before.answers.push({ group, outcomes });
    } catch (cause) {
      this.#becomeReadOnly(group, cause);
    }
  }

  #answer({ group, outcomes }: Answers): void {
    const now = performance.now();
    group.forEach((queued, index) => {
      const outcome = outcomes[index];
      if (outcome !== undefined) answer(queued, outcome);
      if (outcome?.kind === 'stands') {
        this.#observer.onAppend?.(now - queued.since, queued.request.events.length);
      }
    });
  }

  #takeGroup(): readonly Queued[] {
    let events = 0;
    let bytes = 0;
    let size = 0;
    for (const { request } of this.#queue) {
      events += request.events.length;
      bytes += request.bytes;
      if (size > 0 && (events > MAX_GROUP_EVENTS || bytes > MAX_GROUP_BYTES)) break;
      this.#queuedBytes -= request.bytes;
      size++;
    }
    const group = this.#queue.slice(0, size);
    this.#queue = this.#queue.slice(size);
    return group;
  }

  #write(written: Written): void {
    const { draft } = written;
    const { position } = draft;
    if (position + draft.count > MAX_POSITION) throw new RangeError('the log is full');
    const streams = draft.streams();
    const body = new TextEncoder().encode(draft.body());
    const hash = chainHash(this.#previousHash, position, streams, body);
    this.#previousHash = hash;
    this.#latest = written;
    this.#underWay++;
    this.#thread.commit({ position, hash, streams, body }, (outcome) => {
      this.#underWay--;
      this.#finish(written, outcome);
    });
  }

  #finish(written: Written, outcome: CommitOutcome): void {
    const { draft, answers } = written;
    if (outcome.kind === 'failed') {
      for (const { group } of answers) this.#becomeReadOnly(group, outcome.error);
      if (this.#underWay === 0) this.#whenDrained?.();
      return;
    }
    this.#lastCommitMs = outcome.durationMs;
    this.#log.add(draft.position, draft.entries);
    if (this.#latest === written) this.#latest = null;
    else this.#latest?.draft.followsLog();
    // What gathered meanwhile goes to the disk first, so that it is written while these are answered.
    this.#next();
    for (const answer of answers) this.#answer(answer);
    this.#observer.onCommit();
  }

  #becomeReadOnly(group: readonly Queued[], cause: unknown): void {
    const why = cause instanceof Error ? cause.message : String(cause);
    this.#readOnlyReason ??= `a write failed (${why}); the store serves reads only until restarted`;
    const error = new StoreReadOnly(this.#readOnlyReason, { cause });
    for (const queued of [...group, ...this.#queue]) queued.reject(error);
    this.#queue = [];
    this.#queuedBytes = 0;
  }
}

function answer(queued: Queued, outcome: AppendOutcome): void {
  switch (outcome.kind) {
    case 'stands':
      queued.resolve({ revision: BigInt(outcome.revision), position: BigInt(outcome.position) });
      return;
    case 'refused':
      queued.reject(outcome.error);
      return;
  }
}
