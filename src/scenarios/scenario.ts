import type { Command } from '@nestjs/cqrs';
import type { CommandResult } from '../commands/command-executor.js';
import type { FacilityRegister } from '../custody/facilities/facility-register.js';
import type { SimulatedClock } from './simulated-clock.js';

/** The ledger a scenario is recorded in. */
export interface ScenarioLedger {
  /** Carries a command out, through the same bus as every other entry. */
  readonly execute: (command: Command<CommandResult>) => Promise<CommandResult>;
  readonly facilities: FacilityRegister;
  /** The clock the ledger records by. */
  readonly clock: SimulatedClock;
}

export interface ScenarioOptions {
  /** 0 < scale ≤ 1: the share of offices and cartons; 1 gives the figures of the story. */
  readonly scale: number;
  readonly seed: number;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** A story told by commands: the same seed and scale record the same events, ids included. */
export interface Scenario {
  readonly name: string;
  readonly description: string;
  /** Where the clock stands before the first entry, in milliseconds since the epoch. */
  readonly begins: number;
  /** How many commands it took. @throws {ScenarioFault} a command was refused */
  readonly run: (ledger: ScenarioLedger, options: ScenarioOptions) => Promise<number>;
}

/** The ledger refused what the story says happened: the story, or the ledger, is wrong. */
export class ScenarioFault extends Error {
  override readonly name = 'ScenarioFault';
}
