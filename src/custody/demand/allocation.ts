import { assert } from '../assert.js';
import type { FacilityId } from '../facilities/facility-code.js';
import type { CalendarDate } from '../facilities/facility.js';
import { reasonOf, type AllocationReason } from './allocation-reason.js';
import type { AreaStage, Stage } from './allocation-stage.js';
import { worstFirst, type Queued } from './worst-first.js';

/** Residents who wait for a card, and the day by which they must have it; null for none. */
export interface ResidentsDue {
  readonly deadline: CalendarDate | null;
  readonly residents: number;
}

/** A child of the consignor, with all that stands below it. */
export interface AreaInNeed {
  readonly facilityId: FacilityId;
  /** Decides among equals: the code, which may be that of none other. */
  readonly code: string;
  /** Null where nobody ever reported who waits. */
  readonly due: readonly ResidentsDue[] | null;
  /** Usable blanks in hand or on their way there. */
  readonly supply: number;
  /** Residents who come on top each day; 0 where it is not known. */
  readonly newPerDay: number;
}

export interface AllocationOrder {
  /** What there is to give. */
  readonly blanks: number;
  /** Blanks in a carton; cartons stay whole. */
  readonly carton: number;
  /** A deadline before this day is over, and hurries nobody any more. */
  readonly today: CalendarDate;
  /** Later deadlines do not go first; null: all do. */
  readonly lastDeadline: CalendarDate | null;
  /** For how many days of new residents there is to be enough, once all who wait are thought of. */
  readonly coverDays: number;
}

export interface AreaShare {
  readonly facilityId: FacilityId;
  readonly code: string;
  readonly cartons: number;
  readonly blanks: number;
  readonly supply: number;
  /** All stages, in order. */
  readonly stages: readonly AreaStage[];
  readonly reason: AllocationReason;
}

export interface AllocationProposal {
  readonly cartons: number;
  /** Given: never more than there were. */
  readonly blanks: number;
  /** What stays with the consignor. */
  readonly left: number;
  /** The stages in order, summed over the areas. */
  readonly stages: readonly AreaStage[];
  /** By code. */
  readonly areas: readonly AreaShare[];
}

/** The most cartons one proposal gives. */
export const MAX_CARTONS = 100_000;
/** The most days of cover. */
export const MAX_COVER_DAYS = 3_650;

/**
 * How many cartons to each area, so that the worst-off waits least. It proposes; nothing is moved.
 *
 * **Stages.** The days by which residents must be served come first, the nearest first; then all who
 * wait; then those who come within `coverDays`. Each stage has a target for each area: the residents of
 * the stage and of all before it. A stage begins when no area lacks anything of the one before.
 *
 * **Need.** An area needs its target less its supply, in cartons rounded up; a carton that would find
 * nobody of the stage is not given in it. So before a deadline nobody gets more than it can use by then.
 * How fast an office prints is no bound: it is known only of places that had blanks to print.
 *
 * **Measure.** How badly off an area is: the share of its target for whom there is no blank. They wait
 * for another consignment, so it is the chance of a resident there to wait longer than all others. It
 * is not days of cover: those divide by the rate of issue, which is nought where blanks were lacking,
 * so that the places that starved would seem to be the best off.
 *
 * **Fairness.** The greatest share is made as small as whole cartons allow; then the next greatest, and
 * so on: lexicographic max-min. The next carton goes to the area with the greatest share; among equals
 * to that which it leaves with the smallest; then to the lower code. That this is the best: let another
 * way of giving as many give i more and j less. When the greedy gave j the first of those cartons, j was
 * at least as badly off as i is in the end. So in the other way take a carton from i and give it to j:
 * neither is then worse off than j was before, and if i comes to be just as badly off, the two were
 * equals when the greedy chose, and it chose the one whom the carton left better off. The other way
 * has become no worse, and nearer to the greedy's; repeated, it becomes the greedy's. What is given does
 * not depend on what is left to give: with more blanks no area gets less.
 *
 * O(areas x stages + cartons x log areas); exact, on whole numbers.
 */
export function proposeAllocation(
  areas: readonly AreaInNeed[],
  order: AllocationOrder,
): AllocationProposal {
  check(areas, order);
  const sorted = [...areas].sort((a, b) => (a.code < b.code ? -1 : 1));
  const stages = stagesOf(areas, order);
  const targets = sorted.map((area) => stages.map((stage) => targetOf(area, stage, order)));
  const given = giveCartons(sorted, targets, order);
  const ended =
    stages[
      endOf(given, (stage) =>
        sorted.some((area, at) => uncovered(area, targets[at], given[at], stage, order) > 0),
      )
    ];
  const shares = sorted.map((area, at): AreaShare => {
    const shown = stages.map((stage, nth) =>
      areaStage(area, targets[at], given[at], { ...stage, nth }, order),
    );
    const cartons = sum(given[at] ?? []);
    const { facilityId, code, supply } = area;
    const share = { facilityId, code, cartons, blanks: cartons * order.carton, supply };
    const reason = reasonOf(
      { ...share, stages: shown },
      {
        hasReport: area.due !== null,
        ended: ended ?? null,
        coverDays: order.coverDays,
      },
    );
    return { ...share, stages: shown, reason };
  });
  const blanks = sum(shares.map((share) => share.blanks));
  return {
    cartons: sum(shares.map(({ cartons }) => cartons)),
    blanks,
    left: order.blanks - blanks,
    stages: stages.map((stage, nth) => totalOf(stage, shares, nth)),
    areas: shares,
  };
}

/**
 * The stage in which the cartons ran out: the last that got any, or the first, where somebody lacks a
 * blank. -1 where nobody does.
 */
function endOf(given: Given, isShort: (stage: number) => boolean): number {
  const stages = [...(given[0] ?? []).keys()];
  const open = stages.findIndex((_, stage) => isShort(stage));
  if (open <= 0) return open;
  const hasGiven = (stage: number): boolean => given.some((ofArea) => (ofArea[stage] ?? 0) > 0);
  const last = stages.findLastIndex((_, stage) => hasGiven(stage));
  return last === -1 ? open : last;
}

/** Cartons given to each area in each stage. */
type Given = readonly (readonly number[])[];

function giveCartons(
  areas: readonly AreaInNeed[],
  targets: Given,
  { blanks, carton }: AllocationOrder,
): Given {
  const held = areas.map(({ supply }) => supply);
  const given = targets.map((ofArea) => ofArea.map(() => 0));
  let left = Math.floor(blanks / carton);
  for (let stage = 0; stage < (targets[0]?.length ?? 0) && left > 0; stage++) {
    const queued = areas.map((_, at): Queued => {
      const target = targets[at]?.[stage] ?? 0;
      return { at, target, uncovered: Math.max(0, target - (held[at] ?? 0)) };
    });
    for (const { at } of worstFirst(queued, carton, left)) {
      held[at] = (held[at] ?? 0) + carton;
      const ofArea = given[at];
      if (ofArea !== undefined) ofArea[stage] = (ofArea[stage] ?? 0) + 1;
      left--;
    }
  }
  return given;
}

function check(areas: readonly AreaInNeed[], order: AllocationOrder): void {
  const { blanks, carton, coverDays } = order;
  assert(Number.isSafeInteger(blanks) && blanks >= 0, 'blanks are counted');
  assert(Number.isSafeInteger(carton) && carton >= 1, 'a carton holds a blank at least');
  assert(blanks / carton <= MAX_CARTONS, 'a proposal is bounded');
  assert(coverDays >= 0 && coverDays <= MAX_COVER_DAYS, 'days of cover are bounded');
  const codes = new Set(areas.map(({ code }) => code));
  assert(
    areas.every(({ supply }) => supply >= 0),
    'nobody holds less than nothing',
  );
  assert(codes.size === areas.length, 'areas are told apart by their codes');
}

function stagesOf(areas: readonly AreaInNeed[], order: AllocationOrder): readonly Stage[] {
  const deadlines = areas
    .flatMap(({ due }) => due ?? [])
    .filter(({ residents }) => residents > 0)
    .map(({ deadline }) => deadline)
    .filter((deadline) => deadline !== null && hurries(deadline, order));
  return [
    ...[...new Set(deadlines)].sort().map((deadline) => ({ kind: 'deadline' as const, deadline })),
    { kind: 'waiting', deadline: null },
    { kind: 'cover', deadline: null },
  ];
}

function hurries(deadline: CalendarDate, { today, lastDeadline }: AllocationOrder): boolean {
  return deadline >= today && (lastDeadline === null || deadline <= lastDeadline);
}

function targetOf({ due, newPerDay }: AreaInNeed, stage: Stage, order: AllocationOrder): number {
  const last = stage.deadline;
  const isIn = ({ deadline }: ResidentsDue): boolean =>
    last === null || (deadline !== null && hurries(deadline, order) && deadline <= last);
  const waiting = sum((due ?? []).filter(isIn).map(({ residents }) => residents));
  return stage.kind === 'cover' ? waiting + Math.ceil(newPerDay * order.coverDays) : waiting;
}

/** For how many of the target there is no blank once the cartons are there. */
function uncovered(
  { supply }: AreaInNeed,
  targets: readonly number[] | undefined,
  given: readonly number[] | undefined,
  stage: number,
  { carton }: AllocationOrder,
): number {
  return Math.max(0, (targets?.[stage] ?? 0) - supply - sum(given ?? []) * carton);
}

function areaStage(
  area: AreaInNeed,
  targets: readonly number[] | undefined,
  given: readonly number[] | undefined,
  { nth, kind, deadline }: Stage & { readonly nth: number },
  order: AllocationOrder,
): AreaStage {
  return {
    kind,
    deadline,
    residents: targets?.[nth] ?? 0,
    uncoveredBefore: uncovered(area, targets, [], nth, order),
    uncoveredAfter: uncovered(area, targets, given, nth, order),
    cartons: given?.[nth] ?? 0,
  };
}

function totalOf(stage: Stage, shares: readonly AreaShare[], nth: number): AreaStage {
  const total = (of: (area: AreaStage) => number): number =>
    sum(shares.flatMap(({ stages }) => stages.slice(nth, nth + 1)).map(of));
  return {
    ...stage,
    residents: total(({ residents }) => residents),
    uncoveredBefore: total((it) => it.uncoveredBefore),
    uncoveredAfter: total((it) => it.uncoveredAfter),
    cartons: total(({ cartons }) => cartons),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
