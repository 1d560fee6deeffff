import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { copyLedger } from '../../src/cli/copy/copy-ledger.js';
import { contentOf } from '../../src/cli/copy/log-content.js';
import { recordScenario } from '../../src/cli/record-scenario.js';
import { openEmbeddedStore } from '../../src/event-store/embedded/embedded-store.js';
import type { EventStore, RecordedEvent } from '../../src/event-store/event-store.js';
import { EventStoreDbStore } from '../../src/event-store/eventstoredb/eventstoredb-store.js';
import { serve } from '../../src/http/serve.js';
import { jakarta2017, JAKARTA_2017_ENDS } from '../../src/scenarios/jakarta-2017.js';
import { readSettings, type Settings } from '../../src/settings.js';
import { StandInServer } from '../support/stand-in/stand-in-server.js';
import { event } from '../contract/contract-target.js';
import { blangko, complaint, Folders } from './command-line.js';

const folders = new Folders();
/** The ledger of March 2017, and what it was copied to and from there. */
let original: string;
let back: string;
let server: StandInServer;

beforeAll(async () => {
  original = await folders.make();
  back = await folders.make();
  await recordScenario(readSettings({ DATA_DIR: original }), jakarta2017, { scale: 1, seed: 1 });
  server = await StandInServer.start({ folder: await folders.make() });
}, 120_000);

afterAll(async () => {
  await server.stop();
  await folders.removeAll();
});

function embedded(folder: string): EventStore {
  return openEmbeddedStore({ file: join(folder, 'ledger.db'), mode: 'reader' });
}

async function eventsOf(store: EventStore): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for await (const batch of store.readAll()) events.push(...batch);
  await store.close();
  return events;
}

/** Everything but positions, and cursors, which hold them, and what names the request itself. */
function withoutPlaces(text: string): unknown {
  const places = ['position', 'next', 'wanted', 'projections', 'traceId'];
  return JSON.parse(text, (key, value: unknown) => (places.includes(key) ? undefined : value));
}

async function answersOf(settings: Settings, paths: readonly string[]): Promise<unknown[]> {
  const clock = { now: () => JAKARTA_2017_ENDS };
  const served = await serve(settings, { clock, logTo: { write: () => undefined } });
  try {
    const { url } = served;
    const head = await lastPosition(url);
    const answers: unknown[] = [];
    for (const path of paths) {
      const fresh = path.includes('?') ? `${path}&atLeast=${head}` : `${path}?atLeast=${head}`;
      const isFresh = /stock|shipments|batches|accounts\/[^/]*$/.test(path);
      const response = await fetch(`${url}/api${isFresh ? fresh : path}`);
      const text = await response.text();
      answers.push([path, response.status, withoutPlaces(text)]);
    }
    return answers;
  } finally {
    await served.close();
  }
}

async function lastPosition(url: string): Promise<string> {
  let last = '0';
  for (;;) {
    const response = await fetch(`${url}/api/events?limit=1000&after=${last}`);
    const page = (await response.json()) as { next: string; hasMore: boolean };
    last = page.next;
    if (!page.hasMore) return last;
  }
}

describe('blangko copy', () => {
  it('brings a ledger to a server and back, event for event', async () => {
    const to = await blangko(original, ['copy', '--to', server.connectionString]);
    expect([to.code, to.stderr.replace(/.* \d+% .*\n/g, '')]).toEqual([0, '']);
    const here = await blangko(back, [
      'copy',
      '--from',
      server.connectionString,
      '--to',
      'sqlite:ledger.db',
    ]);
    expect(here.code).toBe(0);
    expect(here.stdout).toBe(to.stdout);
    const events = await eventsOf(embedded(original));
    expect(to.stdout).toContain(`${events.length.toLocaleString('id-ID')} events of `);
    const { connectionString } = server;
    const there = await eventsOf(await EventStoreDbStore.open({ connectionString }));
    const returned = await eventsOf(embedded(back));
    const contents = events.map(contentOf);
    expect(there.map(contentOf)).toEqual(contents);
    expect(returned.map(contentOf)).toEqual(contents);
    // Not the same positions: the copy is not one of files.
    expect(there.map(({ position }) => position)).not.toEqual(
      events.map(({ position }) => position),
    );
  }, 180_000);

  it('and all three answer every question alike, places in the log apart', async () => {
    const accounts = ['00', '31', '31.71', '31.71.01.1001', 'B.2017-A'];
    const paths = [
      ...accounts.flatMap((it) => [`/accounts/${it}`, `/accounts/${it}/events?limit=1000`]),
      '/stock/00',
      '/stock/31',
      '/stock/31.71.01.1001',
      '/stock?within=31&level=regency',
      '/stock?within=31&level=district&limit=1000',
      '/stock?within=31&level=village&limit=1000',
      '/shipments?limit=1000',
      '/shipments?state=open&limit=1000',
      '/shipments?consignor=00&limit=100',
      '/shipments?consignee=31.71.01.1001',
      '/shipments/00-000001',
      '/batches/2017-A',
      '/events?limit=1000',
      '/facilities?q=menteng',
      '/facilities/31.71',
      '/health/live',
      '/health/ready',
      '/problems',
      '/problems/busy',
      '/stock/99',
    ];
    const { connectionString } = server;
    const onServer = await folders.make();
    const answers = await Promise.all([
      answersOf(readSettings({ DATA_DIR: original, PORT: '0' }), paths),
      answersOf(
        readSettings({ DATA_DIR: onServer, EVENT_STORE: connectionString, PORT: '0' }),
        paths,
      ),
      answersOf(readSettings({ DATA_DIR: back, PORT: '0' }), paths),
    ]);
    expect(answers[0].filter((it) => (it as unknown[])[1] === 200)).toHaveLength(paths.length - 1);
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[2]).toEqual(answers[0]);
  }, 120_000);

  it('has nothing to do the second time, and says so', async () => {
    const again = await blangko(original, ['copy', '--to', server.connectionString]);
    expect(again.code).toBe(0);
    const [events] = /[0-9.]+(?= events)/.exec(again.stdout) ?? [];
    expect(again.stdout).toContain(`copied, ${String(events)} of them before`);
  }, 60_000);

  it('goes on where it was broken off', async () => {
    const source = embedded(original);
    const target = openEmbeddedStore({
      file: join(await folders.make(), 'ledger.db'),
      mode: 'writer',
    });
    const stopping = new AbortController();
    const onProgress = (step: string, events: number): void => {
      if (step === 'copy' && events > 1_000) stopping.abort(new Error('enough'));
    };
    const { signal } = stopping;
    await expect(copyLedger(source, target, { onProgress, signal })).rejects.toThrow('enough');
    const held = Number(await target.head());
    expect(held).toBeGreaterThan(1_000);
    const copied = await copyLedger(source, target);
    expect(copied.already).toBe(held);
    expect(copied.events).toBe(Number(await source.head()));
    await source.close();
    await target.close();
  }, 60_000);

  it('leaves read models behind that the copy does not take for its own', async () => {
    const folder = await folders.make();
    const { connectionString } = server;
    const none = { DATA_DIR: folder, PORT: '0' };
    const paths = ['/stock/31.71', '/accounts/31.71'];
    const there = await answersOf(readSettings({ ...none, EVENT_STORE: connectionString }), paths);
    const copied = await blangko(folder, [
      'copy',
      '--from',
      connectionString,
      '--to',
      'sqlite:ledger.db',
    ]);
    expect(copied.code).toBe(0);
    expect(await answersOf(readSettings(none), paths)).toEqual(there);
  }, 120_000);

  it('notices what somebody else writes behind it', async () => {
    const source = embedded(original);
    const file = join(await folders.make(), 'ledger.db');
    const target = openEmbeddedStore({ file, mode: 'writer' });
    let isWritten = false;
    const onProgress = (step: string): void => {
      if (step !== 'verify' || isWritten) return;
      isWritten = true;
      void target.append('custody-B.2099-Z', 'no_stream', [event()]);
    };
    await expect(copyLedger(source, target, { onProgress })).rejects.toThrow('the copy differs');
    await source.close();
    await target.close();
  }, 60_000);

  it('refuses what holds something else, or more, and itself', async () => {
    const folder = await folders.make();
    const other = openEmbeddedStore({ file: join(folder, 'other.db'), mode: 'writer' });
    await other.append('custody-00', 'no_stream', [event()]);
    await other.close();
    const copies = async (from: string, to: string) =>
      complaint(await blangko(folder, ['copy', '--from', from, '--to', to]));
    const ledger = `sqlite:${join(original, 'ledger.db')}`;
    expect(await copies(ledger, 'sqlite:other.db')).toMatch(
      /^blangko: the target holds another ledger: its event 1 is BlanksSpoiled /,
    );
    expect(await copies('sqlite:other.db', `sqlite:${join(back, 'ledger.db')}`)).toMatch(
      /^blangko: the target holds another ledger/,
    );
    expect(await copies(ledger, ledger)).toBe('blangko: a ledger is not copied onto itself');
    expect(await copies('sqlite:none.db', ledger)).toMatch(
      /^blangko: there is no ledger at .*none\.db$/,
    );
    expect(await copies(ledger, 'http://elsewhere')).toMatch(
      /^blangko: --to must be "sqlite:" and a file/,
    );
    expect(await copies('env:NOWHERE', ledger)).toBe('blangko: NOWHERE is not set');
    const typed = await copies('env:esdb://u:hunter2@host', ledger);
    expect(typed).toBe('blangko: --from must name a variable after env:');
    const unanswered = await copies(ledger, 'esdb://u:hunter2@127.0.0.1:1?tls=false');
    expect(unanswered).toMatch(/^blangko: --to cannot be used: credentials are not sent/);
    expect(unanswered).not.toContain('hunter2');
  }, 60_000);
});
