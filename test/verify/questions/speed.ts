import { HttpClient, type HttpAnswer } from './http-client.js';
import { RandomQuestions, type KnownPlaces } from './known-places.js';

/** One kind of question, as the interface is asked it. */
interface QuestionKind {
  readonly name: string;
  /** Of the 99th percentile, in milliseconds. */
  readonly limitMs: number;
  readonly ask: (client: HttpClient, random: RandomQuestions) => Promise<HttpAnswer>;
}

export interface Speed {
  readonly name: string;
  readonly clients: number;
  readonly questions: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** As the server counts. */
  readonly serverP99Ms: number;
  readonly maxMs: number;
  readonly limitMs: number;
}

function asOf(random: RandomQuestions, clock: string): string {
  const instant = new Date(random.instant()).toISOString();
  return `asOf=${encodeURIComponent(instant)}&clock=${clock}`;
}

const KINDS: readonly QuestionKind[] = [
  {
    name: 'stock now, one facility',
    limitMs: 5,
    ask: (client, random) => client.get(`/stock/${random.account()}`),
  },
  ...(['recorded', 'occurred'] as const).map((clock) => ({
    name: `stock as of, one facility, ${clock}`,
    limitMs: 20,
    ask: (client: HttpClient, random: RandomQuestions) =>
      client.get(`/stock/${random.account()}?${asOf(random, clock)}`),
  })),
  ...(['recorded', 'occurred'] as const).map((clock) => ({
    name: `nation by province as of, ${clock}`,
    limitMs: 200,
    ask: (client: HttpClient, random: RandomQuestions) =>
      client.get(`/stock?within=00&level=province&${asOf(random, clock)}`),
  })),
  {
    name: 'trace of one serial',
    limitMs: 10,
    ask: (client, random) => client.get(`/trace/${random.serial()}`),
  },
  {
    name: 'trace of 1,000 serials',
    limitMs: 500,
    ask: (client, random) =>
      client.post('/trace', { serials: Array.from({ length: 1_000 }, () => random.serial()) }),
  },
  {
    name: 'all open gaps',
    limitMs: 100,
    ask: (client) => client.get('/missing?status=open&limit=1000'),
  },
];

/** Asks each kind so many times, on so many connections at once. @throws an answer that is none */
export async function measureSpeed(
  url: string,
  places: KnownPlaces,
  { clients, questions }: { readonly clients: number; readonly questions: number },
): Promise<readonly Speed[]> {
  const speeds: Speed[] = [];
  for (const { name, limitMs, ask } of KINDS) {
    const client = new HttpClient(url, clients);
    const random = new RandomQuestions(places, `${name} ${clients}`);
    const times: number[] = [];
    const serverTimes: number[] = [];
    let asked = 0;
    const run = async (): Promise<void> => {
      while (asked < questions) {
        asked += 1;
        const start = performance.now();
        const { status, serverMs } = await ask(client, random);
        times.push(performance.now() - start);
        serverTimes.push(serverMs);
        if (status !== 200) throw new Error(`${name}: answered with ${status}`);
      }
    };
    // The first answers of each kind compile what the others run.
    for (let warm = 0; warm < 20; warm++) await ask(client, random);
    await Promise.all(Array.from({ length: clients }, run));
    client.close();
    const at = (of: readonly number[], share: number): number =>
      of.toSorted((a, b) => a - b)[Math.ceil(share * of.length) - 1] ?? 0;
    speeds.push({
      ...{ name, clients, questions: times.length, limitMs },
      ...{ p50Ms: at(times, 0.5), p99Ms: at(times, 0.99), maxMs: at(times, 1) },
      serverP99Ms: at(serverTimes, 0.99),
    });
  }
  return speeds;
}
