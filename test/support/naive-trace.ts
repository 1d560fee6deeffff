import { assertNever } from '../../src/custody/assert.js';
import { intervalOf, type OccurredAt } from '../../src/custody/occurrence.js';
import type { SerialSetJson } from '../../src/custody/serials/serial-set.js';
import type { Recorded } from '../../src/event-store/codec/ledger-event.js';

/** What is asked: serials of one batch, inclusive. */
export interface Asked {
  readonly batch: string;
  readonly first: number;
  readonly last: number;
}

/** A step of a serial as the log tells it, plainly. */
export interface NaiveStep {
  readonly position: number;
  readonly type: string;
  readonly account: string;
  readonly from: string;
  readonly to: string;
  readonly ledgerTime: number;
  readonly isReversed: boolean;
  readonly effectiveAt: number | null;
  readonly isMoved: boolean;
}

export interface NaiveRun {
  readonly first: number;
  readonly last: number;
  readonly steps: readonly NaiveStep[];
}

interface Seen {
  readonly event: Recorded;
  readonly ledgerTime: number;
  readonly from: string;
  readonly to: string;
}

type Moves = readonly (readonly [from: string, to: string, serials: SerialSetJson])[];

/**
 * Follows serials by reading the whole log once, event by event, serial by serial: slow, short, and
 * with nothing in common with the read model it is compared to.
 */
export class NaiveTrace {
  /** Of each batch the serials asked for, in order, and what was seen of each. */
  readonly #batches = new Map<string, { readonly numbers: number[]; readonly seen: Seen[][] }>();
  readonly #corrected = new Map<string, OccurredAt>();
  #ledgerTime = -Infinity;

  constructor(private readonly asked: readonly Asked[]) {
    for (const [batch, its] of Map.groupBy(asked, (it) => it.batch)) {
      const all = new Set(its.flatMap(numbersOf));
      const numbers = [...all].sort((a, b) => a - b);
      this.#batches.set(batch, { numbers, seen: numbers.map(() => []) });
    }
  }

  /** The next event of the log. */
  take(event: Recorded): void {
    this.#ledgerTime = Math.max(this.#ledgerTime, Date.parse(event.metadata.recordedAt));
    if (event.type === 'OccurrenceCorrected')
      this.#corrected.set(`${event.stream}@${event.data.revision}`, event.data.correctedTo);
    for (const [from, to, serials] of movesOf(event))
      for (const { batch, ranges } of serials)
        for (const [first, last] of ranges) this.#move(event, from, to, { batch, first, last });
  }

  runs(): readonly (readonly NaiveRun[])[] {
    return this.asked.map((it) => {
      const { numbers, seen } = this.#of(it.batch);
      const start = firstAtLeast(numbers, it.first);
      const runs: NaiveRun[] = [];
      for (const [index, number] of numbersOf(it).entries()) {
        const steps = this.#stepsOf(seen[start + index] ?? []);
        const before = runs.at(-1);
        if (before !== undefined && JSON.stringify(before.steps) === JSON.stringify(steps))
          runs[runs.length - 1] = { ...before, last: number };
        else runs.push({ first: number, last: number, steps });
      }
      return runs;
    });
  }

  #of(batch: string): { readonly numbers: readonly number[]; readonly seen: readonly Seen[][] } {
    return this.#batches.get(batch) ?? { numbers: [], seen: [] };
  }

  #move(event: Recorded, from: string, to: string, { batch, first, last }: Asked): void {
    const { numbers, seen } = this.#of(batch);
    const ledgerTime = this.#ledgerTime;
    for (let at = firstAtLeast(numbers, first); (numbers[at] ?? Infinity) <= last; at++)
      seen[at]?.push({ event, ledgerTime, from, to });
  }

  #stepsOf(seen: readonly Seen[]): readonly NaiveStep[] {
    const undone = new Set<Recorded>();
    for (const { event } of seen)
      if (event.type === 'EntryReversed')
        for (const { event: other } of seen)
          if (other.stream === event.stream && String(other.revision) === event.data.revision)
            undone.add(other).add(event);
    let clock = -Infinity;
    return seen.map(({ event, ledgerTime, from, to }) => {
      const { stream, revision, type, position } = event;
      const step = {
        position: Number(position),
        type,
        account: stream.slice(8),
        from,
        to,
        ledgerTime,
      };
      const isReversed = undone.has(event) && type !== 'EntryReversed';
      if (undone.has(event)) return { ...step, isReversed, effectiveAt: null, isMoved: false };
      const stated = (event.data as { readonly occurredAt: OccurredAt }).occurredAt;
      const at = intervalOf(this.#corrected.get(`${stream}@${String(revision)}`) ?? stated);
      clock = Math.max(clock, at.earliest);
      return { ...step, isReversed, effectiveAt: clock, isMoved: clock > at.latest + 300_000 };
    });
  }
}

function numbersOf({ first, last }: Asked): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, at) => first + at);
}

/** Where the first of sorted numbers stands that is no less than `least`. */
function firstAtLeast(numbers: readonly number[], least: number): number {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((numbers[middle] ?? 0) < least) low = middle + 1;
    else high = middle;
  }
  return low;
}

function movesOf(event: Recorded): Moves {
  switch (event.type) {
    case 'BlanksProduced':
      return [['unproduced', 'usable', event.data.serials]];
    case 'ShipmentDispatched':
      return event.data.packages.flatMap((it) => sides(it, same, inTransit));
    case 'ShipmentReceived': {
      const { asStated, damaged, missing } = event.data;
      return [
        ...sides(asStated, inTransit, same),
        ...sides(damaged, inTransit, () => 'invalid'),
        ...sides(missing, inTransit, () => 'missing'),
      ];
    }
    case 'ShipmentRefused':
      return sides(event.data, inTransit, inTransit);
    case 'BlankIssued':
      return [['usable', 'issued', one(event.data.serial)]];
    case 'CardSurrendered': {
      const { shipmentId, serial } = event.data;
      return [['issued', shipmentId === null ? 'invalid' : 'transit_invalid', one(serial)]];
    }
    case 'BlanksSpoiled':
      return [['usable', 'invalid', event.data.serials]];
    case 'BlanksDestroyed':
      return [['invalid', 'destroyed', event.data.serials]];
    case 'BlanksReportedMissing': {
      const { fromUsable, fromInvalid, shipmentId } = event.data;
      const from = shipmentId === null ? same : inTransit;
      return sides({ usable: fromUsable, invalid: fromInvalid }, from, () => 'missing');
    }
    case 'BlanksRecovered':
      return [['missing', event.data.as, event.data.serials]];
    case 'StockCounted':
      return sides(event.data.short, same, () => 'missing');
    case 'EntryReversed':
      return event.data.postings.map(({ from, to, serials }) => [word(from), word(to), serials]);
    case 'BatchProcured':
    case 'BatchClosed':
    case 'CustodianChanged':
    case 'OccurrenceCorrected':
    case 'TransitIncidentReported':
    case 'UnnumberedCardsRecorded':
    case 'FindingRecorded':
    case 'FindingResolved':
    case 'DemandReported':
    case 'RegisterPublished':
    case 'FacilityOpened':
    case 'FacilityClosed':
    case 'FacilityRenamed':
    case 'FacilityRenumbered':
    case 'FacilityMoved':
      return [];
    default:
      return assertNever(event);
  }
}

function sides(
  split: { readonly usable: SerialSetJson; readonly invalid: SerialSetJson },
  from: (state: string) => string,
  to: (state: string) => string,
): Moves {
  return [
    [from('usable'), to('usable'), split.usable],
    [from('invalid'), to('invalid'), split.invalid],
  ];
}

function same(state: string): string {
  return state;
}

function inTransit(state: string): string {
  return `transit_${state}`;
}

function word(place: { readonly place: string; readonly state?: string }): string {
  return place.place === 'transit' ? inTransit(place.state ?? '') : place.place;
}

function one(serial: string): SerialSetJson {
  const [batch = '', digits] = serial.split('/');
  return [{ batch, ranges: [[Number(digits), Number(digits)]] }];
}
