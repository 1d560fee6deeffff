import { SCENARIOS } from '../scenarios/scenarios.js';
import type { Settings } from '../settings.js';
import { figure, print, progressBar } from './output.js';
import { recordScenario } from './record-scenario.js';
import { UserError } from './user-error.js';

/** @throws {UserError} there is no such scenario, or the ledger has entries */
export async function runScenario(
  settings: Settings,
  name: string,
  options: { readonly scale: number; readonly seed: number },
): Promise<void> {
  const scenario = SCENARIOS.get(name);
  if (scenario === undefined)
    throw new UserError(
      `there is no scenario ${name}; there are ${[...SCENARIOS.keys()].join(', ')}`,
    );
  const progress = progressBar(name);
  try {
    const { scale, seed } = options;
    const onProgress = progress.update;
    const commands = await recordScenario(settings, scenario, { scale, seed, onProgress });
    print(`${name}: ${figure(commands)} commands recorded in ${settings.dataDir}`);
  } finally {
    progress.stop();
  }
}
