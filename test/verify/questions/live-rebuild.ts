import { setTimeout as pause } from 'node:timers/promises';
import { HttpClient } from './http-client.js';
import { RandomQuestions, type KnownPlaces } from './known-places.js';

export interface LiveRebuild {
  readonly seconds: number;
  readonly commands: number;
  readonly commandsASecond: number;
  readonly refusedCommands: number;
  readonly reads: number;
  readonly failedReads: number;
  /** Answers whose position was before that of a command acknowledged before the question. */
  readonly staleReads: number;
  readonly rowsCompared: number | null;
  readonly differences: number | null;
  readonly state: string;
  /** What the server answered to refused commands. */
  readonly refusals: readonly string[];
}

const MOST_TOLD = 5;
/** A little above the 200 that are wanted: what is answered counts. */
const COMMANDS_A_SECOND = 220;
const READERS = 4;
const TICK_MS = 5;

interface Status {
  readonly rebuild: {
    readonly state: string;
    readonly rowsCompared: number | null;
    readonly differences: readonly unknown[] | null;
  };
}

/** Rebuilds while commands are given and questions asked, all the time. */
export async function rebuildUnderLoad(url: string, places: KnownPlaces): Promise<LiveRebuild> {
  const client = new HttpClient(url, 64);
  // Not behind the commands in a queue of this side.
  const asking = new HttpClient(url, READERS);
  const random = new RandomQuestions(places, 'rebuild');
  const start = performance.now();
  let isOver = false;
  let [commands, refused, reads, failed, stale] = [0, 0, 0, 0, 0];
  const pending = new Set<Promise<void>>();
  const refusals = new Set<string>();
  const give = async (number: number): Promise<void> => {
    const account = random.account();
    const { status, text } = await client.post(`/accounts/${account}/unnumbered`, COMMAND_BODY, {
      'idempotency-key': `rebuild-${number}-${Math.round(start)}`,
      'x-blangko-actor': `petugas;custodian;${account}`,
    });
    if (status !== 201) {
      refused += 1;
      refusals.add(text);
      return;
    }
    // What was acknowledged is seen by whoever asks for it.
    const { position } = JSON.parse(text) as { readonly position: string };
    const answer = await client.get(`/stock/${account}?atLeast=${position}`);
    reads += 1;
    if (answer.status !== 200) failed += 1;
    else if (BigInt((JSON.parse(answer.text) as { position: string }).position) < BigInt(position))
      stale += 1;
  };
  const load = async (): Promise<void> => {
    while (!isOver) {
      const due = ((performance.now() - start) * COMMANDS_A_SECOND) / 1_000;
      for (; commands < due; commands++) {
        const command = give(commands).finally(() => pending.delete(command));
        pending.add(command);
      }
      await pause(TICK_MS);
    }
    await Promise.all(pending);
  };
  const readOn = async (): Promise<void> => {
    while (!isOver) {
      const path = [
        `/stock/${random.account()}`,
        `/trace/${random.serial()}`,
        '/missing?limit=100',
      ];
      const { status } = await asking.get(path[reads % path.length] ?? '');
      await pause(TICK_MS);
      reads += 1;
      if (status !== 200) failed += 1;
    }
  };
  const readers = Array.from({ length: READERS }, readOn);
  const loading = load();
  const actor = { 'x-blangko-actor': 'admin;ministry;00' };
  const begun = await client.post('/read-models/rebuilds', {}, actor);
  if (begun.status !== 201) throw new Error(`the rebuild was not begun: ${begun.text}`);
  let status: Status;
  do {
    await pause(250);
    status = JSON.parse((await client.get('/read-models')).text) as Status;
  } while (status.rebuild.state === 'running');
  isOver = true;
  await Promise.all([...readers, loading]);
  const seconds = (performance.now() - start) / 1_000;
  client.close();
  asking.close();
  const { state, rowsCompared, differences } = status.rebuild;
  return {
    ...{ seconds, commands, commandsASecond: commands / seconds, refusedCommands: refused },
    ...{ reads, failedReads: failed, staleReads: stale, state, rowsCompared },
    differences: differences === null ? null : differences.length,
    refusals: [...refusals].slice(0, MOST_TOLD),
  };
}

const COMMAND_BODY = {
  occurredAt: { value: '2018-03-31', precision: 'day', zone: 'Asia/Jakarta' },
  count: 1,
  bag: 'KARUNG-1',
  seal: 'P-000219',
  source: 'field office',
};
