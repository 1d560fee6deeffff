import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import * as is from '../../test/support/custody-given.js';
import { storedEvent } from '../../test/support/event-store-files.js';
import { temporaryLedger, type TemporaryLedger } from '../../test/support/projection-ledger.js';
import { withReadStream } from '../../test/support/recorded-readings.js';
import { encodeEvent, encodeMetadata } from '../event-store/codec/event-codec.js';
import type { EventStore, EventToAppend } from '../event-store/event-store.js';
import type { Aggregate } from './stream-session.js';
import { StreamSessions } from './stream-sessions.js';

const STREAM = 'custody-31.71.01';
/** More than the store reads at once. */
const EVENTS = 1_500;

/** How many events a stream has. */
const counting: Aggregate<number> = { initial: () => 0, evolve: (count) => count + 1 };

function entries(count: number): readonly EventToAppend[] {
  const { type, data, schema } = encodeEvent(is.unnumbered(1));
  const metadata = encodeMetadata({
    schema,
    actor: is.officer(is.OFFICE),
    commandId: 'command',
    commandHash: is.CONTENT_HASH,
    recordedAt: new Date(is.NOW).toISOString(),
    grantId: null,
    accessRevision: null,
    onBehalfOf: null,
    capture: null,
    correlationId: 'correlation',
    causationId: null,
  });
  return Array.from({ length: count }, () => ({ ...storedEvent(), type, data, metadata }));
}

/** The store as a reader sees it that is told when it has read a batch, and may stop it there. */
function readThrough(store: EventStore, afterBatch: () => Promise<void> | void): EventStore {
  return withReadStream(store, async function* (...given) {
    for await (const batch of store.readStream(...given)) {
      yield batch;
      await afterBatch();
    }
  });
}

describe('the sessions of a process', () => {
  let ledger: TemporaryLedger;

  beforeEach(async () => {
    ledger = await temporaryLedger();
    for (let from = -1; from < EVENTS - 1; from += 500)
      await ledger.store.append(STREAM, from < 0 ? 'no_stream' : BigInt(from), entries(500));
  });
  afterEach(() => ledger.close());

  it('are read to their end for each of two who open them at once', async () => {
    const firstBatch = Promise.withResolvers<undefined>();
    const goOn = Promise.withResolvers<undefined>();
    const store = readThrough(ledger.store, async () => {
      firstBatch.resolve(undefined);
      await goOn.promise;
    });
    const sessions = new StreamSessions(store, () => true);
    const first = sessions.open(counting, STREAM);
    await firstBatch.promise;
    const second = sessions.open(counting, STREAM).then(({ state }) => state);
    setImmediate(() => {
      goOn.resolve(undefined);
    });
    expect(await second).toBe(EVENTS);
    expect((await first).state).toBe(EVENTS);
  });

  it('are read on where a first reading failed on its way', async () => {
    let isBroken = true;
    const store = readThrough(ledger.store, () => {
      if (isBroken) throw new Error('the connection broke');
    });
    const sessions = new StreamSessions(store, () => true);
    await expect(sessions.open(counting, STREAM)).rejects.toThrow('the connection broke');
    isBroken = false;
    expect((await sessions.open(counting, STREAM)).state).toBe(EVENTS);
  });

  it('look again for whoever asks while a reading is past the end of the stream', async () => {
    const atEnd = Promise.withResolvers<undefined>();
    const goOn = Promise.withResolvers<undefined>();
    let isSlow = false;
    const store: EventStore = {
      ...readThrough(ledger.store, () => undefined),
      async *readStream(...given) {
        const isHeld = isSlow;
        isSlow = false;
        yield* ledger.store.readStream(...given);
        if (!isHeld) return;
        atEnd.resolve(undefined);
        await goOn.promise;
      },
    };
    const session = await new StreamSessions(store, () => true).open(counting, STREAM);
    isSlow = true;
    const early = session.catchUp();
    await atEnd.promise;
    await ledger.store.append(STREAM, BigInt(EVENTS - 1), entries(1));
    const late = session.catchUp();
    goOn.resolve(undefined);
    expect(await early).toBe(false);
    expect(await late).toBe(true);
    expect(session.state).toBe(EVENTS + 1);
  });

  it('counts no memory of a session that gave way while it was read', async () => {
    const firstBatch = Promise.withResolvers<undefined>();
    const goOn = Promise.withResolvers<undefined>();
    const store = readThrough(ledger.store, async () => {
      firstBatch.resolve(undefined);
      await goOn.promise;
    });
    // Room for two sessions of streams that do not exist.
    const sessions = new StreamSessions(store, () => false, 16);
    const slow = sessions.open(counting, STREAM);
    await firstBatch.promise;
    for (const stream of ['custody-31', 'custody-32', 'custody-33'])
      await sessions.open(counting, stream);
    expect(sessions.size).toBe(2);
    goOn.resolve(undefined);
    expect((await slow).state).toBe(EVENTS);
    expect(sessions.size).toBe(2);
  });
});
