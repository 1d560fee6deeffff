import type { Officer } from '../../custody/account/events.js';
import type { Settings } from '../../settings.js';
import { complain, figure, print, progressBar } from '../output.js';
import { UserError } from '../user-error.js';
import { importList } from './import-list.js';
import { formatFault } from './line-fault.js';

const MAX_FAULTS_SHOWN = 100;

/** @throws {UserError} a line is at fault, and nothing was written */
export async function runImport(settings: Settings, file: string, actor: Officer): Promise<void> {
  const progress = progressBar('import');
  try {
    const result = await importList(settings, file, actor, progress.update);
    if (result.ok) {
      const before =
        result.alreadyRecorded === 0
          ? ''
          : `, ${figure(result.alreadyRecorded)} of them by an earlier run`;
      print(`${figure(result.shipments)} shipments recorded${before}`);
      return;
    }
    for (const fault of result.faults.slice(0, MAX_FAULTS_SHOWN))
      complain(formatFault(file, fault));
    throw new UserError(`${figure(result.faults.length)} faults in ${file}; nothing was written`);
  } finally {
    progress.stop();
  }
}
