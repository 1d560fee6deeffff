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
function issuedCards(
  readModels: string,
  places: KnownPlaces,
  count: number,
): readonly IssuedCard[] {
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

/** Hands cards in that were, as is only now recorded, brought back at some time since they were issued. */
export async function recordLate(
  url: string,
  files: { readonly readModels: string },
  places: KnownPlaces,
  count: number,
): Promise<void> {
  const cards = issuedCards(files.readModels, places, count);
  const random = new RandomQuestions(places, 'late times');
  const client = new HttpClient(url, CONNECTIONS);
  let next = 0;
  const hand = async (): Promise<void> => {
    for (let card = cards[next++]; card !== undefined; card = cards[next++]) {
      const at = card.issuedAt + random.share() * (places.last - card.issuedAt);
      const value = new Date(at + JAKARTA_MS).toISOString().slice(0, 19);
      const body = {
        occurredAt: { value, precision: 'second', zone: 'Asia/Jakarta' },
        ...{ account: card.account, handedInAt: card.account, reason: 'damaged' },
      };
      const headers = {
        'idempotency-key': `late-${card.serial.replace('/', '-')}`,
        'x-blangko-actor': `petugas;custodian;${card.account}`,
      };
      const path = `/cards/${card.serial}/surrenders`;
      let answer = await client.post(path, body, headers);
      // Busy: the same again.
      while (answer.status === 503) answer = await client.post(path, body, headers);
      if (answer.status !== 201) throw new Error(`a late entry was refused: ${answer.text}`);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, hand));
  client.close();
}
