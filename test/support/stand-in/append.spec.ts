import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  binaryEvent,
  EventStoreDBClient,
  jsonEvent,
  type JSONEventData,
  MaxAppendSizeExceededError,
  WrongExpectedVersionError,
  type AppendExpectedRevision,
} from '@eventstore/db-client';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StandInServer } from './stand-in-server.js';
import { failureOf, idsOf, proposals, proposed, read } from './with-stand-in.js';

const MEBIBYTE = 1024 * 1024;

describe.each([
  ['BatchAppend', true],
  ['Append', false],
])('the stand-in takes appends by %s', (_, batchAppend) => {
  let folder = '';
  let server: StandInServer;
  let client: EventStoreDBClient;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'stand-in-'));
    server = await StandInServer.start({ folder, batchAppend });
    client = EventStoreDBClient.connectionString(server.connectionString);
  });

  afterAll(async () => {
    await client.dispose();
    await server.stop();
    await rm(folder, { recursive: true });
  });

  const cases: readonly [existing: number, expected: AppendExpectedRevision, stands: boolean][] = [
    [0, 'any', true],
    [0, 'no_stream', true],
    [0, 'stream_exists', false],
    [0, 0n, false],
    [2, 'any', true],
    [2, 'no_stream', false],
    [2, 'stream_exists', true],
    [2, 0n, false],
    [2, 1n, true],
    [2, 2n, false],
  ];
  it.each(cases)(
    'to a stream of %i events, expected %s: stands %s',
    async (existing, expectedRevision, stands) => {
      const stream = randomUUID();
      const before = proposals(existing);
      if (existing > 0) {
        await client.appendToStream(stream, before, { expectedRevision: 'no_stream' });
      }
      const added = proposals(2);
      const append = client.appendToStream(stream, added, { expectedRevision });
      if (stands) {
        expect((await append).nextExpectedRevision).toBe(BigInt(existing + 1));
        expect(idsOf(await read(client.readStream(stream)))).toEqual(idsOf([...before, ...added]));
        return;
      }
      const error = await failureOf(append);
      expect(error).toBeInstanceOf(WrongExpectedVersionError);
      expect(error).toMatchObject({
        streamName: stream,
        expectedVersion: expectedRevision,
        actualVersion: existing === 0 ? 'no_stream' : BigInt(existing - 1),
      });
    },
  );

  it('gives an exact retry the first result for ever, and refuses one that differs', async () => {
    const stream = randomUUID();
    const batch = proposals(3);
    const options = { expectedRevision: 'no_stream' } as const;
    const first = await client.appendToStream(stream, batch, options);
    await client.appendToStream(stream, proposals(2), { expectedRevision: 2n });
    expect(await client.appendToStream(stream, batch, options)).toEqual(first);
    const longer = client.appendToStream(stream, [...batch, proposed()], options);
    expect(await failureOf(longer)).toBeInstanceOf(WrongExpectedVersionError);
    const changed = client.appendToStream(stream, [proposed(), ...batch.slice(1)], options);
    expect(await failureOf(changed)).toBeInstanceOf(WrongExpectedVersionError);
    expect(await read(client.readStream(stream))).toHaveLength(5);
  });

  it('knows a retry with any by its ids', async () => {
    const stream = randomUUID();
    const batch = proposals(2);
    const first = await client.appendToStream(stream, batch);
    expect(await client.appendToStream(stream, batch)).toEqual(first);
    expect(await read(client.readStream(stream))).toHaveLength(2);
  });

  it('gives back JSON, bytes, metadata, when it was written and where it stands', async () => {
    const stream = randomUUID();
    const before = Date.now();
    const json = jsonEvent({
      id: randomUUID(),
      type: 'Berita Acara – 1',
      data: { z: 1.5, a: ['é', null], '10': true },
      metadata: { schema: 1 },
    });
    const bytes = binaryEvent({
      id: randomUUID(),
      type: 'Scanned',
      data: Uint8Array.of(0, 255, 128, 10),
      metadata: Uint8Array.of(1, 2),
    });
    const { position } = await client.appendToStream(stream, [json, bytes]);
    const [first, second] = await read(client.readStream(stream));
    const at = { streamId: stream, created: expect.any(Date) as unknown };
    expect(first).toMatchObject({ ...at, ...jsonFacts(json), revision: 0n, isJson: true });
    expect(second).toMatchObject({ ...at, id: bytes.id, type: 'Scanned', isJson: false });
    expect(second).toMatchObject({ revision: 1n, position });
    expect(Buffer.from(second?.data as Uint8Array)).toEqual(Buffer.from(bytes.data));
    expect(Buffer.from(second?.metadata as Uint8Array)).toEqual(Buffer.from([1, 2]));
    expect(first?.created.getTime()).toBeGreaterThanOrEqual(before - 1);
    expect(first?.created.getTime()).toBeLessThanOrEqual(Date.now() + 1);
  });

  it('puts events at positions that grow and leave gaps', async () => {
    const stream = randomUUID();
    await client.appendToStream(stream, proposals(3));
    const events = await read(client.readStream(stream));
    const positions = events.map(({ position }) => position);
    for (const position of positions) expect(position?.commit).toBe(position?.prepare);
    const commits = positions.map((position) => position?.commit ?? 0n);
    const [one = 0n, two = 0n, three = 0n] = commits;
    expect(two - one).toBeGreaterThan(1n);
    expect(three - two).toBeGreaterThan(1n);
  });

  it('takes 1 MiB in one append, and not a byte more', async () => {
    const stream = randomUUID();
    const halves = [ofBytes(MEBIBYTE / 2), ofBytes(MEBIBYTE / 2)];
    await client.appendToStream(stream, halves, { expectedRevision: 'no_stream' });
    for (const batch of [
      [ofBytes(MEBIBYTE + 1)],
      [ofBytes(MEBIBYTE / 2), ofBytes(MEBIBYTE / 2 + 1)],
    ]) {
      const error = await failureOf(client.appendToStream(stream, batch));
      expect(error).toBeInstanceOf(MaxAppendSizeExceededError);
      expect(error).toMatchObject({ maxAppendSize: MEBIBYTE });
    }
    expect(await read(client.readStream(stream))).toHaveLength(2);
  });

  it('refuses an event of 16 MiB, whatever an append may hold', async () => {
    const large = await StandInServer.start({
      folder: join(folder, 'large'),
      batchAppend,
      maxAppendBytes: 32 * MEBIBYTE,
    });
    const other = EventStoreDBClient.connectionString(large.connectionString);
    const event = (bytes: number) =>
      binaryEvent({ id: randomUUID(), type: 'Scan', data: new Uint8Array(bytes) });
    const error = await failureOf(other.appendToStream('scans', event(16 * MEBIBYTE)));
    expect(error).toMatchObject({ type: 'unknown' });
    await other.appendToStream('scans', event(15 * MEBIBYTE));
    const [read15] = await read(other.readStream('scans'));
    expect((read15?.data as Uint8Array).length).toBe(15 * MEBIBYTE);
    await other.dispose();
    await large.stop();
  });

  it('refuses an event without a type, and goes on', async () => {
    const stream = randomUUID();
    const nameless = jsonEvent({ id: randomUUID(), type: '', data: {} });
    expect(await failureOf(client.appendToStream(stream, nameless))).toMatchObject({
      type: 'unknown',
    });
    await client.appendToStream(stream, proposed(), { expectedRevision: 'no_stream' });
  });
});

function jsonFacts({ id, type, data, metadata }: JSONEventData) {
  return { id, type, data, metadata };
}

/** An event that counts for so many bytes. */
function ofBytes(bytes: number) {
  const overhead = JSON.stringify({ filler: '' }).length + 2 * 'Filled'.length;
  return proposed({ filler: 'x'.repeat(bytes - overhead) }, 'Filled');
}
