import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import {
  AppendRefused,
  WrongExpectedVersion,
  type EventToAppend,
  type ExpectedRevision,
  type JsonObject,
} from '../../src/event-store/event-store.js';
import {
  allOf,
  collect,
  event,
  events,
  freshStream,
  idsOf,
  type ContractRun,
} from './contract-target.js';

export function appendContract(run: ContractRun): void {
  expectedRevisions(run);
  retries(run);
  concurrency(run);
  refusals(run);
}

async function streamIds({ store }: ContractRun, stream: string): Promise<string[]> {
  return idsOf(await collect(store().readStream(stream)));
}

async function wrongVersion(promise: Promise<unknown>): Promise<WrongExpectedVersion> {
  const error: unknown = await promise.then(
    () => new Error('it was accepted'),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(WrongExpectedVersion);
  return error as WrongExpectedVersion;
}

function expectedRevisions(run: ContractRun): void {
  describe('expected revision', () => {
    const cases: readonly [existing: number, expected: ExpectedRevision, stands: boolean][] = [
      [0, 'any', true],
      [0, 'no_stream', true],
      [0, 'stream_exists', false],
      [0, 0n, false],
      [0, 7n, false],
      [3, 'any', true],
      [3, 'no_stream', false],
      [3, 'stream_exists', true],
      [3, 0n, false],
      [3, 1n, false],
      [3, 2n, true],
      [3, 3n, false],
      [3, 2n ** 60n, false],
    ];
    it.each(cases)(
      'a stream of %i events, expected %s: stands %s',
      async (existing, expected, stands) => {
        const stream = freshStream();
        const before = events(existing);
        if (existing > 0) await run.store().append(stream, 'no_stream', before);
        const added = events(2);
        const append = run.store().append(stream, expected, added);
        if (stands) {
          const { revision } = await append;
          expect(revision).toBe(BigInt(existing + 1));
          expect(await streamIds(run, stream)).toEqual(idsOf([...before, ...added]));
          return;
        }
        const error = await wrongVersion(append);
        expect(error.stream).toBe(stream);
        expect(error.expected).toBe(expected);
        expect(error.actual).toBe(existing === 0 ? null : BigInt(existing - 1));
        expect(await streamIds(run, stream)).toEqual(idsOf(before));
      },
    );

    it('counts revisions from 0, and events of one append follow each other in the log', async () => {
      const [one, other] = [freshStream(), freshStream()];
      const from = (await run.store().head()) ?? 0n;
      const [first, second] = [events(3), events(2)];
      const a = await run.store().append(one, 'no_stream', first);
      await run.store().append(other, 'no_stream', events(1));
      const b = await run.store().append(one, a.revision, second);
      const read = await collect(run.store().readStream(one));
      expect(read.map(({ revision }) => revision)).toEqual([0n, 1n, 2n, 3n, 4n]);
      expect([a.revision, b.revision]).toEqual([2n, 4n]);
      expect([read[2]?.position, read[4]?.position]).toEqual([a.position, b.position]);
      const log = await allOf(run.store(), [one, other], from);
      expect(log.map(({ stream }) => stream)).toEqual([one, one, one, other, one, one]);
    });

    it('gives back what was appended', async () => {
      const stream = freshStream();
      const data: JsonObject = {
        z: [1, -2, 9007199254740991, null, true, { nested: 'é \u{1f600} "\\ \n \u2028' }],
        a: { b: {}, c: [] },
        '10': 'ten',
        '9': 'nine',
      };
      const appended: EventToAppend = {
        id: randomUUID(),
        type: 'Berita Acara – 1',
        data,
        metadata: { schema: 1, actor: { id: 'officer-1' } },
      };
      const { position } = await run.store().append(stream, 'no_stream', [appended]);
      const [read] = await collect(run.store().readStream(stream));
      expect(read).toEqual({ ...appended, stream, revision: 0n, position });
    });
  });
}

function retries(run: ContractRun): void {
  describe('retry with the same ids', () => {
    it.each<[string, 'no_stream' | 'revision']>([
      ['no stream', 'no_stream'],
      ['an exact revision', 'revision'],
    ])('at %s gets the first result, however much was appended since', async (_, kind) => {
      const stream = freshStream();
      if (kind === 'revision') await run.store().append(stream, 'no_stream', events(2));
      const expected = kind === 'revision' ? 1n : 'no_stream';
      const batch = events(3);
      const first = await run.store().append(stream, expected, batch);
      expect(await run.store().append(stream, expected, batch)).toEqual(first);
      await run.store().append(stream, first.revision, events(2));
      expect(await run.store().append(stream, expected, batch)).toEqual(first);
      const before = kind === 'revision' ? 2 : 0;
      expect(await streamIds(run, stream)).toHaveLength(before + 5);
    });

    it('is a wrong version when only the first differs', async () => {
      const stream = freshStream();
      const batch = events(3);
      await run.store().append(stream, 'no_stream', batch);
      const changed = [event(), ...batch.slice(1)];
      const error = await wrongVersion(run.store().append(stream, 'no_stream', changed));
      expect(error.actual).toBe(2n);
      expect(await streamIds(run, stream)).toEqual(idsOf(batch));
    });

    it('is a wrong version when only a prefix matches', async () => {
      const stream = freshStream();
      const batch = events(3);
      await run.store().append(stream, 'no_stream', batch);
      const changed = [...batch.slice(0, 2), event()];
      await wrongVersion(run.store().append(stream, 'no_stream', changed));
      await wrongVersion(run.store().append(stream, 'no_stream', [...batch, event()]));
      expect(await streamIds(run, stream)).toEqual(idsOf(batch));
    });

    it('is recognised when it is a whole prefix of what was appended', async () => {
      const stream = freshStream();
      const batch = events(3);
      await run.store().append(stream, 'no_stream', batch);
      const result = await run.store().append(stream, 'no_stream', batch.slice(0, 2));
      expect(result.revision).toBe(1n);
      expect(await streamIds(run, stream)).toEqual(idsOf(batch));
    });

    it('appends anew at another revision and in another stream', async () => {
      const [one, other] = [freshStream(), freshStream()];
      const batch = events(1);
      const { revision } = await run.store().append(one, 'no_stream', batch);
      expect((await run.store().append(one, revision, batch)).revision).toBe(1n);
      expect((await run.store().append(other, 'no_stream', batch)).revision).toBe(0n);
    });

    it.each(['any', 'stream_exists'] as const)(
      'right after, with %s, has one effect',
      async (expected) => {
        const stream = freshStream();
        await run.store().append(stream, 'no_stream', events(1));
        const batch = events(2);
        const first = await run.store().append(stream, expected, batch);
        expect(await run.store().append(stream, expected, batch)).toEqual(first);
        await wrongVersion(run.store().append(stream, expected, [...batch.slice(0, 1), event()]));
        expect(await streamIds(run, stream)).toHaveLength(3);
      },
    );

    it('sent twice at once has one effect and one result', async () => {
      const stream = freshStream();
      const batch = events(2);
      const results = await Promise.all(
        Array.from({ length: 5 }, () => run.store().append(stream, 'no_stream', batch)),
      );
      for (const result of results) expect(result).toEqual(results[0]);
      expect(await streamIds(run, stream)).toEqual(idsOf(batch));
    });
  });
}

function concurrency(run: ContractRun): void {
  describe('appends at the same time', () => {
    it('to one stream: one wins each revision, and the rest learn where it is', async () => {
      const stream = freshStream();
      let expected: ExpectedRevision = 'no_stream';
      for (let round = 0; round < 20; round++) {
        const at: ExpectedRevision = expected;
        const settled = await Promise.allSettled(
          Array.from({ length: 20 }, (_, claimant) =>
            run.store().append(stream, at, [event({ round, claimant })]),
          ),
        );
        const won = settled.filter(({ status }) => status === 'fulfilled');
        expect(won).toHaveLength(1);
        for (const result of settled) {
          if (result.status === 'rejected')
            expect(result.reason).toBeInstanceOf(WrongExpectedVersion);
        }
        expected = BigInt(round);
      }
      expect(await streamIds(run, stream)).toHaveLength(20);
    });

    it('to many streams: each is whole, in order and apart from the others', async () => {
      const from = (await run.store().head()) ?? 0n;
      const streams = Array.from({ length: 30 }, () => freshStream());
      const appended = new Map<string, string[]>();
      await Promise.all(
        streams.map(async (stream, index) => {
          const ids: string[] = [];
          let expected: ExpectedRevision = 'no_stream';
          for (let round = 0; round < 8; round++) {
            const batch = events(1 + ((index + round) % 5));
            expected = (await run.store().append(stream, expected, batch)).revision;
            ids.push(...idsOf(batch));
          }
          appended.set(stream, ids);
        }),
      );
      const log = await allOf(run.store(), streams, from);
      for (const stream of streams) {
        expect(await streamIds(run, stream)).toEqual(appended.get(stream));
        expect(idsOf(log.filter((one) => one.stream === stream))).toEqual(appended.get(stream));
      }
    });

    it('one that fails harms none of those around it', async () => {
      const good = Array.from({ length: 10 }, () => freshStream());
      const settled = await Promise.allSettled(
        good.flatMap((stream) => [
          run.store().append(stream, 'no_stream', events(2)),
          run.store().append(freshStream(), 5n, events(2)),
          run.store().append(freshStream(), 'no_stream', [event({ half: 0.5 })]),
        ]),
      );
      const statuses = settled.map(({ status }) => status);
      expect(statuses).toEqual(good.flatMap(() => ['fulfilled', 'rejected', 'rejected']));
      for (const stream of good) expect(await streamIds(run, stream)).toHaveLength(2);
    });
  });
}

const MEBIBYTE = 1024 * 1024;

/** An event whose data, metadata and type take exactly this many bytes by the engine's formula. */
function eventOfBytes(bytes: number): EventToAppend {
  const bare = { ...event({ filler: '' }, 'Filled'), metadata: {} };
  const overhead = JSON.stringify(bare.data).length + 2 + 2 * bare.type.length;
  return { ...bare, data: { filler: 'x'.repeat(bytes - overhead) } };
}

function refusals(run: ContractRun): void {
  describe('refused, and nothing of it written', () => {
    it('takes 1 MiB in one append, as one event or many, and not a byte more', async () => {
      const stream = freshStream();
      const { revision } = await run.store().append(stream, 'no_stream', [eventOfBytes(MEBIBYTE)]);
      await run
        .store()
        .append(stream, revision, [eventOfBytes(MEBIBYTE / 2), eventOfBytes(MEBIBYTE / 2)]);
      await expect(
        run.store().append(stream, 2n, [eventOfBytes(MEBIBYTE + 1)]),
      ).rejects.toBeInstanceOf(AppendRefused);
      await expect(
        run
          .store()
          .append(stream, 2n, [eventOfBytes(MEBIBYTE / 2), eventOfBytes(MEBIBYTE / 2 + 1)]),
      ).rejects.toBeInstanceOf(AppendRefused);
      expect(await streamIds(run, stream)).toHaveLength(3);
    });

    it('counts bytes of UTF-8, not characters', async () => {
      const wide = event({ filler: 'é'.repeat(MEBIBYTE / 2) });
      await expect(run.store().append(freshStream(), 'no_stream', [wide])).rejects.toBeInstanceOf(
        AppendRefused,
      );
    });

    it('takes 1,000 events in one append', async () => {
      const stream = freshStream();
      const batch = events(1_000);
      expect((await run.store().append(stream, 'no_stream', batch)).revision).toBe(999n);
      expect(await streamIds(run, stream)).toEqual(idsOf(batch));
    });

    const bad: readonly [what: string, change: object][] = [
      ['a type that begins with $', { type: '$metadata' }],
      ['an empty type', { type: '' }],
      ['an id that is no UUID', { id: 'not-a-uuid' }],
      ['an upper-case UUID', { id: randomUUID().toUpperCase() }],
      ['BigInt in data', { data: { quantity: 7n } }],
      ['a fraction in data', { data: { nested: [{ quantity: 0.5 }] } }],
      ['an unsafe integer in data', { data: { quantity: 2 ** 53 } }],
      ['minus zero in data', { data: { quantity: -0 } }],
      ['undefined in data', { data: { quantity: undefined } }],
      ['a lone surrogate in metadata', { metadata: { note: '\ud800' } }],
      ['a key __proto__ in metadata', { metadata: JSON.parse('{"__proto__":1}') as unknown }],
      ['data that is no object', { data: [1] }],
      ['a Date in metadata', { metadata: { at: new Date(0) } }],
    ];
    it.each(bad)('%s', async (_, change) => {
      const stream = freshStream();
      const batch = [event(), { ...event(), ...change }];
      await expect(run.store().append(stream, 'no_stream', batch)).rejects.toBeInstanceOf(
        AppendRefused,
      );
      expect(await streamIds(run, stream)).toEqual([]);
    });

    it('names the place of what it refuses', async () => {
      const batch = [event(), event({ lines: [{ count: 1.5 }] })];
      await expect(run.store().append(freshStream(), 'no_stream', batch)).rejects.toThrow(
        '/1/data/lines/0/count',
      );
    });

    it('streams that begin with $ or have no name, and appends without events', async () => {
      const refused = [
        run.store().append('$ce-contract', 'any', [event()]),
        run.store().append('', 'any', [event()]),
        run.store().append(freshStream(), 'no_stream', []),
        run.store().append(freshStream(), -1n, [event()]),
      ];
      for (const append of refused) await expect(append).rejects.toBeInstanceOf(AppendRefused);
    });

    it('an append whose signal is aborted already', async () => {
      const stream = freshStream();
      const signal = AbortSignal.abort(new Error('changed my mind'));
      await expect(run.store().append(stream, 'no_stream', [event()], { signal })).rejects.toThrow(
        'changed my mind',
      );
      expect(await streamIds(run, stream)).toEqual([]);
    });

    it('does not see what the caller changes afterwards', async () => {
      const stream = freshStream();
      const data: Record<string, number> = { quantity: 1 };
      const append = run.store().append(stream, 'no_stream', [event(data)]);
      data.quantity = 2;
      await append;
      const [read] = await collect(run.store().readStream(stream));
      expect(read?.data).toEqual({ quantity: 1 });
    });
  });
}
