import type { CustodyEvent, Place } from '../../src/custody/account/events.js';
import type { RecordedEvent } from '../../src/event-store/event-store.js';

/*
 * The stock at many instants by the definition of the two clocks and nothing else: serial by serial, from the events
 * as they are stored. It shares no code with the read models that it checks.
 */

type Range = readonly [number, number];
interface Moving {
  readonly from: string;
  readonly to: string;
  readonly batch: string;
  readonly range: Range;
}
interface Split {
  readonly usable: Sets;
  readonly invalid: Sets;
}
type Sets = readonly { readonly batch: string; readonly ranges: readonly Range[] }[];

const OFFSETS: Readonly<Record<string, number>> = { Jakarta: 7, Makassar: 8, Jayapura: 9 };

/** The earliest instant a stated time may mean. */
function earliest(at: { value: string; zone: string }): number {
  const local = Date.parse(`${at.value}${'T00:00:00'.slice(at.value.length - 10)}Z`);
  return local - (OFFSETS[at.zone.slice(5)] ?? 0) * 3_600_000;
}

function each(from: string, to: string, sets: Sets): Moving[] {
  return sets.flatMap(({ batch, ranges }) => ranges.map((range) => ({ from, to, batch, range })));
}

function oneSerial(from: string, to: string, serial: string): Moving[] {
  const [batch = '', number] = serial.split('/');
  return [{ from, to, batch, range: [Number(number), Number(number)] }];
}

/** From where to where an entry of an account moves serials: `usable 31.71`, or `transit 00-000001 31.71`. */
function movesOf(account: string, { type, data }: CustodyEvent): Moving[] {
  const own = (state: string): string => `${state} ${account}`;
  const sent = (id: string, to: string): string => `transit ${id} ${to}`;
  const both = (it: Split, from: (s: string) => string, to: (s: string) => string): Moving[] => [
    ...each(from('usable'), to('usable'), it.usable),
    ...each(from('invalid'), to('invalid'), it.invalid),
  ];
  switch (type) {
    case 'BlanksProduced':
      return each('unproduced', own('usable'), data.serials);
    case 'ShipmentDispatched':
      return data.packages.flatMap((it) => both(it, own, () => sent(data.shipmentId, data.to)));
    case 'ShipmentReceived': {
      const here = (): string => sent(data.shipmentId, account);
      return [
        ...both(data.asStated, here, own),
        ...both(data.damaged, here, () => own('invalid')),
        ...both(data.missing, here, () => own('missing')),
      ];
    }
    case 'ShipmentRefused':
      return both(
        data,
        () => sent(data.shipmentId, account),
        () => sent(data.newShipmentId, data.to),
      );
    case 'BlankIssued':
      return oneSerial(own('usable'), own('issued'), data.serial);
    case 'CardSurrendered': {
      const to = data.shipmentId === null ? own('invalid') : sent(data.shipmentId, data.to);
      return oneSerial(own('issued'), to, data.serial);
    }
    case 'BlanksSpoiled':
      return each(own('usable'), own('invalid'), data.serials);
    case 'BlanksDestroyed':
      return each(own('invalid'), own('destroyed'), data.serials);
    case 'BlanksReportedMissing': {
      const from = (state: string): string =>
        data.shipmentId === null ? own(state) : sent(data.shipmentId, account);
      const split = { usable: data.fromUsable, invalid: data.fromInvalid };
      return both(split, from, () => own('missing'));
    }
    case 'BlanksRecovered':
      return each(own('missing'), own(data.as), data.serials);
    case 'StockCounted':
      return both(data.short, own, () => own('missing'));
    case 'EntryReversed': {
      const at = (it: Place): string => {
        if (it.place !== 'transit') return it.place === 'unproduced' ? it.place : own(it.place);
        return sent(it.shipmentId, account);
      };
      return data.postings.flatMap((it) => each(at(it.from), at(it.to), it.serials));
    }
    case 'BatchProcured':
    case 'BatchClosed':
    case 'CustodianChanged':
    case 'OccurrenceCorrected':
    case 'TransitIncidentReported':
    case 'UnnumberedCardsRecorded':
      return [];
  }
}

function unnumberedOf({ type, data }: CustodyEvent): number {
  if (type === 'UnnumberedCardsRecorded') return data.count;
  if (type === 'BlanksDestroyed') return -data.unnumbered;
  return type === 'EntryReversed' ? data.unnumbered : 0;
}

/** Serials that left a place for another at a time by a clock. */
interface Change {
  readonly time: number;
  readonly from: string;
  readonly to: string;
  readonly batch: string;
  blanks: number;
}

function accountOf(stream: string): string | null {
  return stream.startsWith('custody-') ? stream.slice('custody-'.length) : null;
}

/** Which entries were undone, and when others happened after all. */
export interface Amendments {
  /** Reversed entries and their reversals, as `stream revision`. */
  readonly undone: Set<string>;
  readonly corrected: Map<string, number>;
}

/** What changes by a clock, gathered event by event. */
export class NaiveChanges {
  readonly #changes: Change[] = [];
  readonly #latest = new Map<string, Float64Array>();
  #ledgerTime = -Infinity;

  constructor(
    private readonly clock: 'recorded' | 'occurred',
    private readonly amended: Amendments,
  ) {}

  /** In the order of its time. */
  inOrder(): readonly Change[] {
    return this.#changes.sort((a, b) => a.time - b.time);
  }

  /** The next event of the log. */
  take(event: RecordedEvent): void {
    const { stream, revision, metadata } = event;
    this.#ledgerTime = Math.max(this.#ledgerTime, Date.parse(metadata.recordedAt as string));
    const account = accountOf(stream);
    const key = `${stream} ${revision}`;
    if (account === null || (this.clock === 'occurred' && this.amended.undone.has(key))) return;
    // The codec lets no other event into these streams.
    const entry = event as unknown as CustodyEvent;
    this.#takeUnnumbered(account, key, entry);
    for (const { from, to, batch, range } of movesOf(account, entry)) {
      const [first, last] = range;
      if (this.clock === 'recorded') {
        this.#add({ time: this.#ledgerTime, from, to, batch, blanks: last - first + 1 });
        continue;
      }
      const own = this.amended.corrected.get(key) ?? earliest(entry.data.occurredAt);
      const before = this.#upTo(batch, last);
      for (let number = first; number <= last; number++) {
        const time = Math.max(own, before[number] ?? 0);
        before[number] = time;
        this.#add({ time, from, to, batch, blanks: 1 });
      }
    }
  }

  /** Cards without a number have no serials: each entry counts at its own time. */
  #takeUnnumbered(account: string, key: string, { type, data }: CustodyEvent): void {
    const count = unnumberedOf({ type, data } as CustodyEvent);
    // On the occurred clock what was undone is not here, and what undoes it is not either.
    if (count === 0) return;
    const own = this.amended.corrected.get(key) ?? earliest(data.occurredAt);
    const time = this.clock === 'recorded' ? this.#ledgerTime : own;
    this.#changes.push({
      ...{ time, from: 'unproduced', to: `unnumbered ${account}`, batch: '', blanks: count },
    });
  }

  /** When each serial of a batch last moved. */
  #upTo(batch: string, last: number): Float64Array {
    const known = this.#latest.get(batch) ?? new Float64Array(64).fill(-Infinity);
    if (known.length > last && this.#latest.has(batch)) return known;
    const wider = new Float64Array(Math.max(known.length, 2 * last + 1)).fill(-Infinity);
    wider.set(known);
    this.#latest.set(batch, wider);
    return wider;
  }

  /** What is the same but for its serials is put together: the nation's log has millions. */
  #add(next: Change): void {
    const last = this.#changes.at(-1);
    const isSame =
      last?.time === next.time &&
      last.from === next.from &&
      last.to === next.to &&
      last.batch === next.batch;
    if (isSame) last.blanks += next.blanks;
    else this.#changes.push(next);
  }
}

export function noAmendments(): Amendments {
  return { undone: new Set(), corrected: new Map() };
}

/** Takes the next event of the log in. */
export function amend({ undone, corrected }: Amendments, event: RecordedEvent): void {
  const { stream, revision } = event;
  const entry = event as unknown as CustodyEvent;
  if (entry.type === 'EntryReversed')
    undone.add(`${stream} ${revision}`).add(`${stream} ${entry.data.revision}`);
  if (entry.type === 'OccurrenceCorrected')
    corrected.set(`${stream} ${entry.data.revision}`, earliest(entry.data.correctedTo));
}

/** What changed by a clock, in the order of its time. */
export function naiveChanges(
  events: readonly RecordedEvent[],
  clock: 'recorded' | 'occurred',
): readonly Change[] {
  const amended = noAmendments();
  for (const event of events) amend(amended, event);
  const changes = new NaiveChanges(clock, amended);
  for (const event of events) changes.take(event);
  return changes.inOrder();
}

/** By account and batch, and then by state, where `transitIn` and `transitOut` are of shipments. */
export type NaiveStock = Map<string, Record<string, number>>;

/** The stock at each of some instants, which must be in order: one and the same object, changed in between. */
export function* naiveStocks(
  changes: readonly Change[],
  instants: readonly number[],
): Generator<NaiveStock, void, undefined> {
  const stock: NaiveStock = new Map();
  const add = (account: string, batch: string, state: string, blanks: number): void => {
    const counts = stock.get(`${account} ${batch}`) ?? {};
    stock.set(`${account} ${batch}`, counts);
    counts[state] = (counts[state] ?? 0) + blanks;
  };
  const move = (place: string, batch: string, blanks: number): void => {
    const [state = '', id = '', to = ''] = place.split(' ');
    if (state === 'unproduced') return;
    if (state !== 'transit') add(id, batch, state, blanks);
    else {
      add(id.slice(0, id.lastIndexOf('-')), batch, 'transitOut', blanks);
      add(to, batch, 'transitIn', blanks);
    }
  };
  let next = 0;
  for (const instant of instants) {
    for (let change = changes[next]; change !== undefined && change.time <= instant;) {
      move(change.from, change.batch, -change.blanks);
      move(change.to, change.batch, change.blanks);
      change = changes[++next];
    }
    yield stock;
  }
}
