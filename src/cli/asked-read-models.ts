import { RegisterFollower } from '../commands/register-follower.js';
import type { FacilityRegister } from '../custody/facilities/facility-register.js';
import { areForeign, ReadModelsForeign } from '../read-models/foreign-read-models.js';
import { loadPublishedRegister } from '../read-models/facilities/published-register.js';
import type { ReadModels } from '../read-models/read-models.js';
import { ReadModelsReader } from '../read-models/read-models-reader.js';
import type { Settings } from '../settings.js';
import { openLogForReading } from './event-log.js';

/**
 * Asks the read models beside whoever writes them, and the register as the log has it now.
 * @throws {ReadModelsMissing} @throws {ReadModelsForeign}
 */
export async function askReadModels<T>(
  settings: Settings,
  question: (models: ReadModels, register: FacilityRegister) => Promise<T>,
): Promise<T> {
  const store = await openLogForReading(settings);
  try {
    const follower = new RegisterFollower(store, loadPublishedRegister());
    await follower.catchUp();
    const models = ReadModelsReader.open(store, settings.readModelsFile);
    try {
      if (await areForeign(store, models.database))
        throw new ReadModelsForeign(settings.readModelsFile);
      return await question(models, follower.register);
    } finally {
      await models.close();
    }
  } finally {
    await store.close();
  }
}
