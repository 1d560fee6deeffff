import { openEventStore } from '../../open-event-store.js';
import {
  readEventStore,
  SettingsError,
  type EventStoreSetting,
  type Settings,
} from '../../settings.js';
import { figure, print, progressBar, type Progress } from '../output.js';
import { UserError } from '../user-error.js';
import { copyLedger, type CopyStep } from './copy-ledger.js';

const FROM_ENVIRONMENT = 'env:';

/** A store as it is typed: as EVENT_STORE is written, or `env:` and a variable that holds it. */
function storeOf(text: string, option: string, { dataDir, env }: Settings): EventStoreSetting {
  if (!text.startsWith(FROM_ENVIRONMENT))
    return readEventStore(text, { dataDir, variable: option });
  const variable = text.slice(FROM_ENVIRONMENT.length);
  // What is no name may be a connection string with a password, typed by mistake.
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(variable))
    throw new SettingsError(option, 'must name a variable after env:');
  const value = env[variable];
  if (value === undefined || value === '') throw new SettingsError(variable, 'is not set');
  return readEventStore(value, { dataDir, variable });
}

function isSame(a: EventStoreSetting, b: EventStoreSetting): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** A bar for each step, once it has begun. */
class StepBars {
  private step: CopyStep | null = null;
  private bar: Progress | null = null;

  constructor(private readonly total: number | null) {}

  readonly update = (step: CopyStep, events: number): void => {
    if (step !== this.step) this.bar?.stop();
    if (step !== this.step) this.bar = progressBar(step);
    this.step = step;
    this.bar?.update(events, Math.max(this.total ?? events, events));
  };

  stop(): void {
    this.bar?.stop();
  }
}

/**
 * See {@link copyLedger}.
 * @throws {UserError} both are the same
 * @throws {SettingsError} one of them is none
 * @throws {WriterLocked} somebody writes the file that is copied to
 */
export async function runCopy(
  settings: Settings,
  { from, to }: { readonly from: string | undefined; readonly to: string },
): Promise<void> {
  const source = from === undefined ? settings.eventStore : storeOf(from, '--from', settings);
  const target = storeOf(to, '--to', settings);
  if (isSame(source, target)) throw new UserError('a ledger is not copied onto itself');
  const reading = await openEventStore(source, {
    mode: 'reader',
    isWatched: true,
    variable: '--from',
  });
  try {
    const head = await reading.head();
    const writing = await openEventStore(target, { mode: 'writer', variable: '--to' });
    const bars = new StepBars(head === null ? 0 : (reading.eventsUpTo?.(head) ?? null));
    try {
      const copied = await copyLedger(reading, writing, { onProgress: bars.update });
      bars.stop();
      const { events, streams, sha256, already } = copied;
      const before = already === 0 ? '' : `, ${figure(already)} of them before`;
      print(`${figure(events)} events of ${figure(streams)} streams copied${before}`);
      print(`both have the content ${sha256}`);
      print('The subject vault is not in it: the same vault serves the ledger wherever it is.');
    } finally {
      bars.stop();
      await writing.close();
    }
  } finally {
    await reading.close();
  }
}
