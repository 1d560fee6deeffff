import { openEmbeddedStore } from '../../src/event-store/embedded/embedded-store.js';
import { decodeEvent } from '../../src/event-store/codec/event-codec.js';
import type { DemandEvent } from '../../src/custody/demand/demand.js';
import type { RecordedEvent } from '../../src/event-store/event-store.js';

type Blanks = readonly { readonly ranges: readonly (readonly [number, number])[] }[];

/** Residents of one day's demand reports. */
export interface Demand {
  readonly asOf: string;
  readonly deadline: string | null;
  readonly backlog: number;
  /** Of all other reasons. */
  readonly others: number;
}

/** What the log of a national-2017 tells, read event by event. */
export interface StoryFacts {
  readonly eventsByType: Readonly<Record<string, number>>;
  /** Reports of the same day and deadline as one, the first day first. */
  readonly demand: readonly Demand[];
  readonly spoiledBlanks: number;
  /** Provinces and regencies that have received blanks. */
  readonly provinces: number;
  readonly regencies: number;
  /** Receipts of shipments in which blanks were not there. */
  readonly shortReceipts: number;
  readonly shortCounts: number;
  /** Issuances that replace a card, of them those whose card has not been handed in before. */
  readonly replacements: number;
  readonly replacedInUse: number;
  /** Burnings, and of them those with two witnesses or more and the approval of a second person. */
  readonly burnings: number;
  readonly burningsInOrder: number;
}

function sizeOf(blanks: Blanks): number {
  const ranges = blanks.flatMap((it) => it.ranges);
  return ranges.reduce((sum, [first, last]) => sum + last - first + 1, 0);
}

const PROVINCE = /^custody-\d\d$/;
const REGENCY = /^custody-\d\d\.\d\d$/;

class Reading {
  readonly #types = new Map<string, number>();
  readonly #demand = new Map<string, Demand>();
  readonly #received = new Set<string>();
  readonly #handedIn = new Set<string>();
  readonly #facts = {
    spoiledBlanks: 0,
    shortReceipts: 0,
    shortCounts: 0,
    replacements: 0,
    replacedInUse: 0,
    burnings: 0,
    burningsInOrder: 0,
  };

  take(raw: RecordedEvent): void {
    this.#types.set(raw.type, (this.#types.get(raw.type) ?? 0) + 1);
    const event = decodeEvent(raw);
    const facts = this.#facts;
    if (event.type === 'BlankIssued') {
      const { replaces } = event.data;
      if (replaces !== null) facts.replacements += 1;
      if (replaces !== null && !this.#handedIn.has(replaces)) facts.replacedInUse += 1;
    } else if (event.type === 'CardSurrendered') {
      this.#handedIn.add(event.data.serial);
    } else if (event.type === 'BlanksSpoiled') {
      facts.spoiledBlanks += sizeOf(event.data.serials);
    } else if (event.type === 'ShipmentReceived') {
      this.#received.add(event.stream);
      if (event.data.missing.usable.length > 0) facts.shortReceipts += 1;
    } else if (event.type === 'StockCounted') {
      if (event.data.short.usable.length > 0) facts.shortCounts += 1;
    } else if (event.type === 'DemandReported') {
      this.#report(event.data);
    } else if (event.type === 'BlanksDestroyed') {
      const { witnesses, approval } = event.data;
      const isApproved = approval.by.id !== event.metadata.actor.id;
      facts.burnings += 1;
      if (witnesses.length >= 2 && isApproved) facts.burningsInOrder += 1;
    }
  }

  get facts(): StoryFacts {
    const received = [...this.#received];
    return {
      ...this.#facts,
      eventsByType: Object.fromEntries([...this.#types].sort(([a], [b]) => (a < b ? -1 : 1))),
      demand: [...this.#demand.values()].sort((a, b) => (a.asOf < b.asOf ? -1 : 1)),
      provinces: received.filter((stream) => PROVINCE.test(stream) && stream !== 'custody-00')
        .length,
      regencies: received.filter((stream) => REGENCY.test(stream)).length,
    };
  }

  #report({ asOf, deadline, byReason }: DemandEvent['data']): void {
    const key = `${asOf} ${deadline ?? ''}`;
    const before = this.#demand.get(key) ?? { asOf, deadline, backlog: 0, others: 0 };
    const all = Object.values(byReason).reduce((sum, count) => sum + count, 0);
    const backlog = byReason.backlog ?? 0;
    this.#demand.set(key, {
      ...before,
      backlog: before.backlog + backlog,
      others: before.others + all - backlog,
    });
  }
}

/* `node story-facts.js LEDGER.db` writes {@link StoryFacts} as JSON. */

const [file = ''] = process.argv.slice(2);
const store = openEmbeddedStore({ file, mode: 'reader' });
const reading = new Reading();
for await (const batch of store.readAll()) for (const event of batch) reading.take(event);
await store.close();
process.stdout.write(JSON.stringify(reading.facts));
