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
// Whatever an event holds: the shapes are those of docs/reference/events.md.
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- read as the documentation says
type Data = any;

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
function movesOf(account: string, type: string, data: Data): Moving[] {
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
      return data.packages.flatMap((it: Split) =>
        both(it, own, () => sent(data.shipmentId, data.to)),
      );
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
      const at = (it: Data): string => {
        if (it.place !== 'transit') return it.place === 'unproduced' ? it.place : own(it.place);
        return sent(it.shipmentId, account);
      };
      return data.postings.flatMap((it: Data) => each(at(it.from), at(it.to), it.serials));
    }
    default:
      return [];
  }
}

/** Serials that left a place for another at a time by a clock. */
interface Change {
  readonly time: number;
  readonly from: string;
  readonly to: string;
  readonly batch: string;
  readonly blanks: number;
}

function accountOf(stream: string): string | null {
  return stream.startsWith('custody-') ? stream.slice('custody-'.length) : null;
}

/** What changed by a clock, in the order of its time. */
export function naiveChanges(
  events: Iterable<RecordedEvent>,
  clock: 'recorded' | 'occurred',
  amended: {
    readonly undone: ReadonlySet<string>;
    readonly corrected: ReadonlyMap<string, number>;
  },
): readonly Change[] {
  const changes: Change[] = [];
  const latest = new Map<string, Float64Array>();
  let ledgerTime = -Infinity;
  for (const { stream, revision, type, data, metadata } of events) {
    ledgerTime = Math.max(ledgerTime, Date.parse(String(metadata.recordedAt)));
    const account = accountOf(stream);
    const key = `${stream} ${revision}`;
    if (account === null || (clock === 'occurred' && amended.undone.has(key))) continue;
    for (const { from, to, batch, range } of movesOf(account, type, data)) {
      const [first, last] = range;
      if (clock === 'recorded') {
        changes.push({ time: ledgerTime, from, to, batch, blanks: last - first + 1 });
        continue;
      }
      const own = amended.corrected.get(key) ?? earliest((data as Data).occurredAt);
      let before = latest.get(batch) ?? new Float64Array(64).fill(-Infinity);
      if (before.length <= last) {
        const wider = new Float64Array(2 * last).fill(-Infinity);
        wider.set(before);
        before = wider;
      }
      latest.set(batch, before);
      for (let number = first; number <= last; number++) {
        const time = Math.max(own, before[number] ?? 0);
        before[number] = time;
        const same = changes.at(-1);
        if (number > first && same?.time === time)
          changes[changes.length - 1] = { ...same, blanks: same.blanks + 1 };
        else changes.push({ time, from, to, batch, blanks: 1 });
      }
    }
  }
  return changes.sort((a, b) => a.time - b.time);
}

/** Which entries were reversed, with their reversals, and when others happened after all. */
export function amendments(events: Iterable<RecordedEvent>): Parameters<typeof naiveChanges>[2] {
  const undone = new Set<string>();
  const corrected = new Map<string, number>();
  for (const { stream, revision, type, data } of events) {
    const it = data as Data;
    if (type === 'EntryReversed')
      undone.add(`${stream} ${revision}`).add(`${stream} ${it.revision}`);
    if (type === 'OccurrenceCorrected')
      corrected.set(`${stream} ${it.revision}`, earliest(it.correctedTo));
  }
  return { undone, corrected };
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
