import { FeedClient } from '../../support/feed-client.js';
import { figure, must, type FaultRow, type Outcome, type Trial } from '../fault-row.js';
import { FaultyServer } from '../faulty-server.js';

const WRITERS = 8;
const PAGE = 1_000;

interface Page {
  readonly items: readonly { readonly position: string }[];
  readonly next: string | null;
}

async function writer(server: FaultyServer, isEnough: () => boolean): Promise<void> {
  while (!isEnough()) {
    const { status, text } = await server.command();
    must(status === 201, `a command was answered ${status} ${text}`);
  }
}

async function logOf(server: FaultyServer): Promise<ReadonlyMap<string, object>> {
  const events = new Map<string, object>();
  let after = '';
  for (;;) {
    const { text } = await server.get(`/events?limit=${PAGE}${after}`);
    const { items, next } = JSON.parse(text) as Page;
    for (const item of items) events.set(item.position, item);
    if (items.length < PAGE) return events;
    after = `&after=${next ?? ''}`;
  }
}

async function run({ folder, random, count }: Trial): Promise<Outcome> {
  const events = count(10_000, 400);
  const kills = count(50, 4);
  await using server = await FaultyServer.start(folder);
  const url = `${server.url}/api/feed`;
  const writers = Array.from({ length: WRITERS }, () =>
    writer(server, () => server.acknowledged.length >= events),
  );
  const got: { readonly id: string; readonly data: string }[] = [];
  let lastEventId: string | null = '0';
  let cut = 0;
  for (let connection = 0; got.length < events || connection < kills; connection++) {
    const client: FeedClient = new FeedClient(url, lastEventId);
    const status = await client.answered;
    must(status === 200, `the feed was answered ${status}`);
    const left = events - got.length;
    // Cut off on the way, now and then in the middle of a message: many come together.
    const share = (random() * 2 * left) / (kills - connection);
    await client.until(connection < kills ? Math.min(left, Math.ceil(share)) : left);
    if (connection < kills) cut++;
    await client.kill();
    got.push(...client.messages);
    ({ lastEventId } = client);
  }
  await Promise.all(writers);
  requireTheLog(got, await logOf(server));
  return {
    count: `${figure(events)} events, ${figure(cut)} kills`,
    result: `${figure(got.length)} messages, each the event of the log at its place: 0 missing, 0 twice`,
  };
}

/** That what came is the log from its beginning, as far as it came. */
function requireTheLog(
  got: readonly { readonly id: string; readonly data: string }[],
  log: ReadonlyMap<string, object>,
): void {
  const positions = [...log.keys()];
  for (const [index, { id, data }] of got.entries()) {
    must(id === positions[index], `message ${index} is of ${id}, not of ${positions[index] ?? ''}`);
    must(data === JSON.stringify(log.get(id)), `message ${id} is not the event of the log`);
  }
}

export const feed: FaultRow = {
  name: 'feed',
  fault: 'the client of the feed is killed',
  how: `the server process with ${WRITERS} HTTP writers; a client follows from the first event on, is cut off at random moments, and goes on by Last-Event-ID`,
  needs: [],
  run,
};
