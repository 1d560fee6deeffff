import type { CalendarDate } from '../facilities/facility.js';

/** `deadline`: those due by it; `waiting`: all who wait; `cover`: they and those who come soon. */
export type StageKind = 'deadline' | 'waiting' | 'cover';

export interface Stage {
  readonly kind: StageKind;
  /** Of a stage `deadline`; else null. */
  readonly deadline: CalendarDate | null;
}

/** What a stage means to one area. */
export interface AreaStage extends Stage {
  /** Who is to have a blank at the end of the stage; those of earlier stages are among them. */
  readonly residents: number;
  /** Of these, for whom there is none, before and after the proposal. */
  readonly uncoveredBefore: number;
  readonly uncoveredAfter: number;
  /** Given in this stage. */
  readonly cartons: number;
}
