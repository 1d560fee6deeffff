import { CommandBus } from '@nestjs/cqrs';
import { FacilityRegister } from '../custody/facilities/facility-register.js';
import type { EventStore } from '../event-store/event-store.js';
import type { Scenario, ScenarioOptions } from '../scenarios/scenario.js';
import { SimulatedClock } from '../scenarios/simulated-clock.js';
import type { Settings } from '../settings.js';
import { EVENT_STORE } from '../tokens.js';
import { withWriter } from './open-ledger.js';
import { UserError } from './user-error.js';

/**
 * Records a scenario in a ledger that has no entries yet. Resolves to the number of commands.
 * @throws {UserError} the ledger has entries
 * @throws {WriterLocked} somebody writes the ledger
 */
export async function recordScenario(
  settings: Settings,
  scenario: Scenario,
  options: ScenarioOptions,
): Promise<number> {
  const clock = new SimulatedClock(scenario.begins);
  return withWriter(settings, clock, async (context) => {
    if (await hasEntries(context.get<EventStore>(EVENT_STORE))) {
      throw new UserError(
        `the ledger in ${settings.dataDir} already has entries; a scenario begins with an empty one`,
      );
    }
    const bus = context.get(CommandBus);
    const facilities = context.get(FacilityRegister);
    return scenario.run({ execute: (command) => bus.execute(command), facilities, clock }, options);
  });
}

/** Whether anything but the register of facilities is on record. */
async function hasEntries(store: EventStore): Promise<boolean> {
  for await (const batch of store.readAll()) {
    if (batch.some(({ stream }) => !stream.startsWith('register-'))) return true;
  }
  return false;
}
