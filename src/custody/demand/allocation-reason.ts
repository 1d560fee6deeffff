import { assertNever } from '../assert.js';
import type { AreaStage, Stage } from './allocation-stage.js';

export const ALLOCATION_REASONS = [
  'no_report',
  'nobody_waits',
  'enough_there',
  'deadline_short',
  'waiting_short',
  'cover_short',
  'deadlines_first',
  'waiting_first',
  'deadline_met',
  'waiting_met',
  'cover_met',
] as const;
export type AllocationReasonCode = (typeof ALLOCATION_REASONS)[number];

/** Why an area gets what it gets: a code with its figures, and the same as an English sentence. */
export interface AllocationReason {
  readonly code: AllocationReasonCode;
  readonly facts: Readonly<Record<string, string | number>>;
  readonly sentence: string;
}

/** What an area gets, and what it has. */
interface Figures {
  readonly cartons: number;
  readonly blanks: number;
  readonly supply: number;
  readonly stages: readonly AreaStage[];
}

interface Circumstances {
  readonly hasReport: boolean;
  /** The stage in which the cartons ran out, or null where nobody lacks a blank. */
  readonly ended: Stage | null;
  readonly coverDays: number;
}

interface Finding {
  readonly code: AllocationReasonCode;
  /** The stage the reason speaks of. */
  readonly stage: AreaStage | null;
  /** The deadline that others had, where they went first. */
  readonly deadline: string | null;
}

export function reasonOf(
  share: Figures,
  { hasReport, ended, coverDays }: Circumstances,
): AllocationReason {
  const { code, stage, deadline } = findingOf(share, hasReport, ended);
  const { cartons, blanks, supply } = share;
  const residents = stage?.residents ?? 0;
  const without = stage?.uncoveredAfter ?? 0;
  const facts = {
    ...{ residents, supply, cartons, blanks, without, coverDays },
    ...(deadline === null ? {} : { deadline }),
  };
  return { code, facts, sentence: sentenceOf(code, { ...facts, deadline: deadline ?? '' }) };
}

function findingOf({ stages }: Figures, hasReport: boolean, ended: Stage | null): Finding {
  const last = stages.findLast(({ residents }) => residents > 0) ?? null;
  const about = (code: AllocationReasonCode, stage = last, deadline: string | null = null) => {
    return { code, stage, deadline };
  };
  if (last === null) return about(hasReport ? 'nobody_waits' : 'no_report');
  if (last.uncoveredBefore === 0) return about('enough_there');
  const short = stages.find(({ uncoveredAfter }) => uncoveredAfter > 0);
  if (short === undefined || ended === null) return metFinding(stages, last);
  if (short.kind !== ended.kind || short.deadline !== ended.deadline)
    return ended.kind === 'deadline'
      ? about('deadlines_first', short, ended.deadline)
      : about('waiting_first', short);
  switch (short.kind) {
    case 'deadline':
      return about('deadline_short', short, short.deadline);
    case 'waiting':
      return about('waiting_short', short);
    case 'cover':
      return about('cover_short', short);
    default:
      return assertNever(short.kind);
  }
}

/** Of an area that gets all it needs: the need of the last stage that adds to it. */
function metFinding(stages: readonly AreaStage[], last: AreaStage): Finding {
  const first = stages.find(({ residents }) => residents === last.residents) ?? last;
  const { deadline } = first;
  if (first.kind === 'deadline') return { code: 'deadline_met', stage: first, deadline };
  return { code: first.kind === 'cover' ? 'cover_met' : 'waiting_met', stage: first, deadline };
}

interface Facts {
  readonly residents: number;
  readonly supply: number;
  readonly cartons: number;
  readonly blanks: number;
  readonly without: number;
  readonly coverDays: number;
  readonly deadline: string;
}

const FIGURES = new Intl.NumberFormat('en-US');

function sentenceOf(code: AllocationReasonCode, facts: Facts): string {
  const { deadline, coverDays } = facts;
  const [residents, supply, cartons, blanks, without] = (
    ['residents', 'supply', 'cartons', 'blanks', 'without'] as const
  ).map((name) => FIGURES.format(facts[name]));
  const there = `${supply} blanks are there or on the way`;
  const gets = `${cartons} ${facts.cartons === 1 ? 'carton' : 'cartons'} (${blanks} blanks)`;
  const isShared =
    'There is not enough for all; each carton went where the largest share was without.';
  switch (code) {
    case 'no_report':
      return 'Nobody has reported how many wait here, so nothing is proposed.';
    case 'nobody_waits':
      return 'The reports say that nobody waits here.';
    case 'enough_there':
      return `${residents} wait or will within ${coverDays} days, and ${there}: enough.`;
    case 'deadline_short':
      return `${residents} must have a card by ${deadline} and ${there}; after ${gets}, ${without} of them are without. ${isShared}`;
    case 'waiting_short':
      return `${residents} wait and ${there}; after ${gets}, ${without} of them are without. ${isShared}`;
    case 'cover_short':
      return `All who wait are covered. ${residents} wait or will within ${coverDays} days and ${there}; after ${gets}, ${without} of them are without. ${isShared}`;
    case 'deadlines_first':
      return `${residents} wait and ${there}; with ${gets}, ${without} are without: areas with a deadline of ${deadline} came first and took the rest.`;
    case 'waiting_first':
      return `All who wait here are covered with ${gets}; cover for the next ${coverDays} days comes after those who wait elsewhere.`;
    case 'deadline_met':
      return `${residents} must have a card by ${deadline} and ${there}; with ${gets} there is enough.`;
    case 'waiting_met':
      return `${residents} wait and ${there}; with ${gets} there is enough.`;
    case 'cover_met':
      return `${residents} wait or will within ${coverDays} days and ${there}; with ${gets} there is enough.`;
    default:
      return assertNever(code);
  }
}
