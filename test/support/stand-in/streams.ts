import { randomUUID } from 'node:crypto';
import {
  WrongExpectedVersion,
  type AppendResult,
  type ExpectedRevision,
} from '../../../src/event-store/event-store.js';
import type { StandInLog } from './stand-in-log.js';
import {
  describedBy,
  METADATA_TYPE,
  metadataStreamOf,
  type ProposedEvent,
} from './stored-event.js';
import {
  isSoftDeleted,
  METADATA_OF_METADATA,
  metadataIn,
  revived,
  SOFT_DELETE,
  type StreamMetadata,
} from './stream-metadata.js';
import { Turns } from './turns.js';

export type WriteAnswer =
  | ({ readonly kind: 'stands' } & AppendResult)
  /** `actual`: the last revision, null without one. */
  | { readonly kind: 'wrong_expected_version'; readonly actual: bigint | null }
  | { readonly kind: 'deleted' };

export type Readable =
  | { readonly kind: 'deleted' }
  | { readonly kind: 'missing' }
  | {
      readonly kind: 'there';
      /** First revision that may be read; beyond `last` where none may. */
      readonly first: bigint;
      readonly last: bigint;
      /** Events created before are gone. Ticks of 100 ns since 1970. */
      readonly createdFrom: bigint;
    };

/** The rules the engine lacks: metadata that hides events, soft deletes and tombstones. */
export class Streams {
  readonly #log: StandInLog;
  readonly #turns = new Turns();

  constructor(log: StandInLog) {
    this.#log = log;
  }

  /** @throws {AppendRefused} the engine does not take such events */
  append(
    stream: string,
    expected: ExpectedRevision,
    events: readonly ProposedEvent[],
  ): Promise<WriteAnswer> {
    return this.#turns.take(describedBy(stream) ?? stream, () =>
      this.#append(stream, expected, events),
    );
  }

  /** Leaves the events where they are, and hides them from readers of the stream. */
  softDelete(stream: string, expected: ExpectedRevision): Promise<WriteAnswer> {
    return this.#turns.take(stream, async () => {
      const refusal = await this.#refusalToDelete(stream, expected);
      if (refusal !== null) return refusal;
      const exists = (await this.#lastRevision(stream)) !== null;
      if (!exists && !(await this.#hasMetadata(stream))) return wrongVersion(null);
      return this.#writeMetadata(stream, SOFT_DELETE);
    });
  }

  /** Ends the stream for good. */
  tombstone(stream: string, expected: ExpectedRevision): Promise<WriteAnswer> {
    return this.#turns.take(stream, async () => {
      const refusal = await this.#refusalToDelete(stream, expected);
      if (refusal !== null) return refusal;
      return { kind: 'stands', ...(await this.#log.bury(stream, randomUUID())) };
    });
  }

  async readable(stream: string): Promise<Readable> {
    if (await this.#isDeleted(stream)) return { kind: 'deleted' };
    const metadata = await this.#metadataOf(stream);
    const last = await this.#lastRevision(stream);
    if (last === null || isSoftDeleted(metadata)) return { kind: 'missing' };
    const { maxCount, maxAgeSeconds, truncateBefore } = metadata;
    const counted = maxCount === null ? 0n : last - BigInt(maxCount) + 1n;
    const truncated = truncateBefore ?? 0n;
    const first = counted > truncated ? counted : truncated;
    const maxAge = maxAgeSeconds === null ? null : BigInt(maxAgeSeconds) * TICKS_PER_SECOND;
    const createdFrom = maxAge === null ? 0n : this.#log.now() - maxAge;
    return { kind: 'there', first: first < 0n ? 0n : first, last, createdFrom };
  }

  async #append(
    stream: string,
    expected: ExpectedRevision,
    events: readonly ProposedEvent[],
  ): Promise<WriteAnswer> {
    if (await this.#isDeleted(stream)) return { kind: 'deleted' };
    const described = describedBy(stream);
    const softDeleted = isSoftDeleted(await this.#metadataOf(described ?? stream));
    if (softDeleted && described === null) return this.#revive(stream, expected, events);
    const isBare = expected === 'stream_exists' && (await this.#lastRevision(stream)) === null;
    // Metadata alone make a stream exist.
    const asked = isBare && (await this.#hasMetadata(stream)) ? 'any' : expected;
    const before = described === null ? null : await this.#lastRevision(stream);
    const answer = await this.#appendToLog(stream, asked, events);
    if (described === null || answer.kind !== 'stands') return answer;
    if (softDeleted && answer.revision > (before ?? -1n)) await this.#beginAnew(described);
    return answer;
  }

  /** An append to a stream that was softly deleted. */
  async #revive(
    stream: string,
    expected: ExpectedRevision,
    events: readonly ProposedEvent[],
  ): Promise<WriteAnswer> {
    if (expected === 'stream_exists') return { kind: 'deleted' };
    const last = await this.#lastRevision(stream);
    let answer = await this.#appendToLog(stream, expected, events);
    const isNew = expected === 'no_stream' && last !== null && answer.kind !== 'stands';
    if (isNew && !(await this.#begins(stream, events))) {
      answer = await this.#appendToLog(stream, last, events);
    }
    const written = answer.kind === 'stands' && answer.revision > (last ?? -1n);
    if (written) await this.#beginAnew(stream, (last ?? -1n) + 1n);
    return answer;
  }

  async #begins(stream: string, [first]: readonly ProposedEvent[]): Promise<boolean> {
    for await (const { id } of this.#log.readStream(stream, { max: 1 })) return id === first?.id;
    return false;
  }

  /** Writes the metadata of a stream again, so that the stream begins at a revision. */
  async #beginAnew(stream: string, at?: bigint): Promise<void> {
    const firstRevision = at ?? ((await this.#lastRevision(stream)) ?? -1n) + 1n;
    const metadata = await this.#log.last(metadataStreamOf(stream));
    await this.#writeMetadata(stream, revived(metadata, firstRevision));
  }

  async #writeMetadata(stream: string, data: Uint8Array): Promise<WriteAnswer> {
    const metadata = new Uint8Array();
    const event = { id: randomUUID(), type: METADATA_TYPE, isJson: true, data, metadata };
    return this.#appendToLog(metadataStreamOf(stream), 'any', [event]);
  }

  async #appendToLog(
    stream: string,
    expected: ExpectedRevision,
    events: readonly ProposedEvent[],
  ): Promise<WriteAnswer> {
    try {
      return { kind: 'stands', ...(await this.#log.append(stream, expected, events)) };
    } catch (error) {
      if (error instanceof WrongExpectedVersion) return wrongVersion(error.actual);
      throw error;
    }
  }

  async #refusalToDelete(stream: string, expected: ExpectedRevision): Promise<WriteAnswer | null> {
    if (await this.#isDeleted(stream)) return { kind: 'deleted' };
    const last = await this.#lastRevision(stream);
    const softDeleted = isSoftDeleted(await this.#metadataOf(stream));
    if (expected === 'any') return null;
    if (expected === 'stream_exists') {
      if (softDeleted) return { kind: 'deleted' };
      return last === null && !(await this.#hasMetadata(stream)) ? wrongVersion(null) : null;
    }
    if (expected === 'no_stream' && softDeleted) return null;
    const exact = expected === 'no_stream' ? null : expected;
    return exact === last ? null : wrongVersion(last);
  }

  /** With a stream its metadata are deleted too. */
  #isDeleted(stream: string): Promise<boolean> {
    return this.#log.isBuried(describedBy(stream) ?? stream);
  }

  async #metadataOf(stream: string): Promise<StreamMetadata> {
    if (describedBy(stream) !== null) return METADATA_OF_METADATA;
    return metadataIn(await this.#log.last(metadataStreamOf(stream)));
  }

  async #hasMetadata(stream: string): Promise<boolean> {
    return (await this.#lastRevision(metadataStreamOf(stream))) !== null;
  }

  async #lastRevision(stream: string): Promise<bigint | null> {
    return (await this.#log.last(stream))?.revision ?? null;
  }
}

const TICKS_PER_SECOND = 10_000_000n;

function wrongVersion(actual: bigint | null): WriteAnswer {
  return { kind: 'wrong_expected_version', actual };
}
