import type { Officer } from '../../custody/account/events.js';
import type { SerialRange } from '../../custody/serials/serial-range.js';
import type { BatchCode } from '../../custody/serials/serial-number.js';
import { SerialSet } from '../../custody/serials/serial-set.js';
import type { PlaceName } from '../custody-line/places.js';
import type { StoryEntry } from '../custody-line/story-entry.js';
import type { StoryRun, StoryStep } from '../custody-line/story.js';
import { journeysOf, lastHandover, lastHolder } from '../custody-line/story-facts.js';
import { serialTexts, type SerialTexts } from '../serial-texts.js';
import {
  isoTime,
  momentOf,
  traceEntry,
  whereaboutsAfter,
  type Moment,
  type TraceEntry,
  type Whereabouts,
} from './trace-entry.js';

/** From the first to the last of several moments, on one clock: ISO 8601, UTC. */
export interface Span {
  readonly first: string;
  readonly last: string;
}

/** A step of serials that went the same way, each by an entry of its own or all by one. */
export interface GroupStep {
  readonly type: string;
  /** Where it left them. */
  readonly place: PlaceName;
  /** Who answered for them then; null on the way: then the shipment did. */
  readonly account: string | null;
  readonly shipmentId: string | null;
  /** Entries that moved them: one, or one for each, as issuances are. */
  readonly entries: number;
  readonly recorded: Span;
  /** Null for what was reversed, and for reversals. */
  readonly occurred: Span | null;
  readonly isReversed: boolean;
  readonly isReversal: boolean;
  /** Of any of them. */
  readonly isMoved: boolean;
  /** Position of the entry, where it is one: it is among the answer's `entries`. */
  readonly position: string | null;
}

/** A handover in few words. */
export interface HandoverSides {
  readonly shipmentId: string;
  readonly consignor: string;
  readonly consignee: string;
  readonly sentBy: Officer;
  readonly sent: Moment;
  readonly receivedBy: Officer;
  readonly received: Moment;
}

/** Serials with one story: those who were issued or surrendered, each by an entry of its own, count as one. */
export interface StoryGroup {
  readonly serials: SerialTexts;
  /** Null for what left the region that is asked for. */
  readonly now: Whereabouts | null;
  /** The account that last had them in hand. */
  readonly lastHolder: string | null;
  readonly lastShipment: string | null;
  /** The last that both sides signed. */
  readonly lastHandover: HandoverSides | null;
  readonly steps: readonly GroupStep[];
}

/** Types of which each serial has an entry of its own, though a hundred may be made at one desk. */
const PERSONAL: ReadonlySet<string> = new Set(['BlankIssued', 'CardSurrendered']);

function isPersonal({ entry }: StoryStep): boolean {
  if (PERSONAL.has(entry.type)) return true;
  return entry.type === 'EntryReversed' && entry.details['entryType'] === 'BlankIssued';
}

function keyOf(step: StoryStep): string {
  const { entry, to, isReversed } = step;
  const what = isPersonal(step) ? `${entry.type}@${entry.account}` : String(entry.position);
  return `${what}>${to}${isReversed ? '!' : ''}`;
}

interface Times {
  firstRecorded: number;
  lastRecorded: number;
  firstOccurred: number;
  lastOccurred: number;
  entries: number;
  isMoved: boolean;
}

interface Gathering {
  readonly ranges: SerialRange[];
  readonly steps: readonly StoryStep[];
  readonly isWhole: boolean;
  readonly times: readonly Times[];
}

/** Gathers runs of serials into groups with one story each. */
export class StoryGroups {
  readonly #groups = new Map<string, Gathering>();

  get size(): number {
    return this.#groups.size;
  }

  /**
   * @param steps what the questioner sees of the run's own
   * @returns false where it would begin one group more than `most`
   */
  add(batch: BatchCode, run: StoryRun, steps: readonly StoryStep[], most: number): boolean {
    const isWhole = steps.at(-1) === run.steps.at(-1);
    const key = `${steps.map(keyOf).join(' ')}${isWhole ? '' : ' …'}`;
    const known = this.#groups.get(key);
    const { first, last } = run;
    if (known === undefined) {
      if (this.#groups.size >= most) return false;
      const times = steps.map(timesOf);
      this.#groups.set(key, { ranges: [{ batch, first, last }], steps, isWhole, times });
      return true;
    }
    known.ranges.push({ batch, first, last });
    for (const [index, step] of steps.entries()) {
      const times = known.times[index];
      if (times !== undefined) widen(times, step);
    }
    return true;
  }

  /** In the order in which their first serials were added. */
  groups(): readonly StoryGroup[] {
    return [...this.#groups.values()].map(groupOf);
  }

  /** Every entry that moved a whole group, once, in the order of the log. */
  entries(): readonly TraceEntry[] {
    const entries = new Map<number, StoryEntry>();
    for (const { steps, times } of this.#groups.values())
      for (const [index, { entry }] of steps.entries())
        if (times[index]?.entries === 1) entries.set(entry.position, entry);
    return [...entries.values()].sort((a, b) => a.position - b.position).map(traceEntry);
  }
}

function timesOf({ entry, effectiveAt, isMoved }: StoryStep): Times {
  const { ledgerTime } = entry;
  const occurred = effectiveAt ?? 0;
  return {
    firstRecorded: ledgerTime,
    lastRecorded: ledgerTime,
    firstOccurred: occurred,
    lastOccurred: occurred,
    entries: 1,
    isMoved,
  };
}

function widen(times: Times, step: StoryStep): void {
  const { ledgerTime } = step.entry;
  const occurred = step.effectiveAt ?? 0;
  times.firstRecorded = Math.min(times.firstRecorded, ledgerTime);
  times.lastRecorded = Math.max(times.lastRecorded, ledgerTime);
  times.firstOccurred = Math.min(times.firstOccurred, occurred);
  times.lastOccurred = Math.max(times.lastOccurred, occurred);
  times.isMoved ||= step.isMoved;
  // A serial with an entry of its own is a run by itself.
  if (isPersonal(step)) times.entries += 1;
}

function groupOf({ ranges, steps, isWhole, times }: Gathering): StoryGroup {
  const last = steps.at(-1);
  return {
    serials: serialTexts(SerialSet.of(ranges)),
    now: last === undefined || !isWhole ? null : whereaboutsAfter(last),
    lastHolder: lastHolder(steps),
    lastShipment: journeysOf(steps).at(-1)?.shipmentId ?? null,
    lastHandover: sidesOf(steps),
    steps: steps.map((step, index) => groupStep(step, times[index] ?? timesOf(step))),
  };
}

/** The last handover of a story that both sides signed; null for none. */
export function sidesOf(steps: readonly StoryStep[]): HandoverSides | null {
  const journey = lastHandover(steps);
  if (journey === null || journey.settled === null) return null;
  const { shipmentId, sent, settled } = journey;
  return {
    shipmentId,
    consignor: sent.entry.account,
    consignee: settled.entry.account,
    sentBy: sent.entry.actor,
    sent: momentOf(sent),
    receivedBy: settled.entry.actor,
    received: momentOf(settled),
  };
}

function groupStep(step: StoryStep, times: Times): GroupStep {
  const { entry, effectiveAt, isReversed, isReversal } = step;
  const span = (first: number, last: number): Span => ({
    first: isoTime(first),
    last: isoTime(last),
  });
  const { place, account, shipment } = whereaboutsAfter(step);
  return {
    type: entry.type,
    place,
    account,
    shipmentId: shipment?.shipmentId ?? null,
    entries: times.entries,
    recorded: span(times.firstRecorded, times.lastRecorded),
    occurred: effectiveAt === null ? null : span(times.firstOccurred, times.lastOccurred),
    isReversed,
    isReversal,
    isMoved: times.isMoved,
    position: times.entries === 1 ? String(entry.position) : null,
  };
}
