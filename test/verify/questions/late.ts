import { createHash } from 'node:crypto';
import { ReadModelDatabase } from '../../../src/read-models/read-model-database.js';
import {
  answerStockAsOf,
  answerStocksAsOf,
} from '../../../src/read-models/history/history-answers.js';
import { storyOf } from '../../../src/read-models/custody-line/stories.js';
import { HttpClient } from './http-client.js';
import { RandomQuestions, type KnownPlaces } from './known-places.js';

/** A card that was issued, and when. */
interface IssuedCard {
  readonly serial: string;
  readonly account: string;
  /** Milliseconds since the epoch. */
  readonly issuedAt: number;
}

/** What the recorded clock answers at random instants, one hash for each. */
export function recordedAnswers(
  readModels: string,
  places: KnownPlaces,
  instants: number,
): readonly string[] {
  const database = ReadModelDatabase.openReadOnly(readModels);
  const random = new RandomQuestions(places, 'recorded answers');
  const provinces = [...new Set(places.accounts.map((it) => it.slice(0, 2)))].sort();
  const hashes = Array.from({ length: instants }, () => {
    const asOf = {
      clock: 'recorded',
      moment: { kind: 'instant', instant: random.instant() },
    } as const;
    const office = answerStockAsOf(database, { ...asOf, facilityId: random.account() });
    const nation = answerStocksAsOf(database, { ...asOf, within: '00', facilities: provinces });
    return createHash('sha256')
      .update(JSON.stringify([office, nation]))
      .digest('hex');
  });
  database.close();
  return hashes;
}

/** Random cards that are out, no two the same. */
function issuedCards(readModels: string, places: KnownPlaces, count: number): IssuedCard[] {
  const database = ReadModelDatabase.openReadOnly(readModels);
  const random = new RandomQuestions(places, 'late entries');
  const cards = new Map<number, IssuedCard>();
  while (cards.size < count) {
    const number = random.number();
    const [run] = storyOf(database, places.batch, number, number);
    const last = run?.steps.findLast(({ effectiveAt }) => effectiveAt !== null);
    if (last?.to !== 'issued' || last.effectiveAt === null) continue;
    cards.set(number, {
      serial: `${places.batch}/${number}`,
      account: last.entry.account,
      issuedAt: last.effectiveAt,
    });
  }
  database.close();
  return [...cards.values()];
}

const CONNECTIONS = 64;
const JAKARTA_MS = 7 * 3_600_000;

/** Of the entries, one in so many is about a card: it is looked for in all that its office issued. */
const OTHERS_PER_CARD = 99;

/**
 * Records what happened at random times of the past: cards that were brought back, and cards without a
 * legible number that turned up.
 */
export async function recordLate(
  url: string,
  files: { readonly readModels: string },
  places: KnownPlaces,
  count: number,
): Promise<void> {
  const cards = issuedCards(files.readModels, places, Math.ceil(count / (OTHERS_PER_CARD + 1)));
  const random = new RandomQuestions(places, 'late times');
  const client = new HttpClient(url, CONNECTIONS);
  const run = Math.round(performance.timeOrigin);
  const send = async (path: string, account: string, key: string, body: object): Promise<void> => {
    const headers = {
      'idempotency-key': `late-${run}-${key}`,
      'x-blangko-actor': `petugas;custodian;${account}`,
    };
    let answer = await client.post(path, body, headers);
    // Busy: the same again.
    while (answer.status === 503) answer = await client.post(path, body, headers);
    if (answer.status !== 201) throw new Error(`a late entry was refused: ${answer.text}`);
  };
  const handIn = ({ serial, account, issuedAt }: IssuedCard): Promise<void> => {
    const at = issuedAt + random.share() * (places.last - issuedAt);
    const body = { occurredAt: statedAt(at), account, handedInAt: account, reason: 'damaged' };
    return send(`/cards/${serial}/surrenders`, account, serial.replace('/', '-'), body);
  };
  const turnUp = (number: number): Promise<void> => {
    const account = random.account();
    const seal = { count: 1, bag: 'KARUNG-1', seal: 'P-000219', source: 'field office' };
    const body = { occurredAt: statedAt(random.instant()), ...seal };
    return send(`/accounts/${account}/unnumbered`, account, String(number), body);
  };
  let next = 0;
  const work = async (): Promise<void> => {
    for (let number = next++; number < count; number = next++) {
      const card = number % (OTHERS_PER_CARD + 1) === 0 ? cards.pop() : undefined;
      await (card === undefined ? turnUp(number) : handIn(card));
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, work));
  client.close();
}

function statedAt(instant: number): object {
  const value = new Date(instant + JAKARTA_MS).toISOString().slice(0, 19);
  return { value, precision: 'second', zone: 'Asia/Jakarta' };
}
