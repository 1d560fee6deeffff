import { complain } from './output.js';

/** Faults whose message says all that whoever typed the command needs. */
const TOLD_PLAINLY: ReadonlySet<string> = new Set([
  'UserError',
  'SettingsError',
  'UnknownDataFormat',
  'StoreUnavailable',
  'StoreReadOnly',
  'LogCorrupt',
  'VaultError',
  'RegisterMismatch',
  'ScenarioFault',
  'LedgerBusy',
  'RetentionSet',
  'WrongExpectedVersion',
  'AppendRefused',
  'NotKeptHere',
  'ReadModelBehind',
  'WebhooksFault',
]);

/** What to do about a fault, where the fault does not say so itself. */
const ADVICE: Readonly<Record<string, string>> = {
  WriterLocked:
    'stop the process that writes it (blangko serve, demo, scenario, import, rebuild or restore) first',
  ReadModelsMissing: 'start the server anew, or run: blangko rebuild',
  ReadModelsForeign: 'start the server anew, or run: blangko rebuild',
  ReadModelsDamaged: 'they are made anew from the log by: blangko rebuild',
};

/** SQLITE_IOERR and SQLITE_FULL, the primary codes of https://www.sqlite.org/rescode.html */
const DISK_CODES: ReadonlySet<number> = new Set([10, 13]);

/** What of a VaultError the operator of its server is told, beside its message. */
const CAUSES_TOLD: ReadonlySet<unknown> = new Set(['vault_unavailable', 'vault_refused']);

/** One line on standard error, never a stack, and exit code 1. */
export function fail(error: unknown): void {
  process.exitCode = 1;
  if (!(error instanceof Error)) {
    complain(`blangko: ${String(error)}`);
    return;
  }
  const advice = ADVICE[error.name];
  const [message = ''] = error.message.split('\n');
  if (isOfTheFolder(error)) complain(`blangko: DATA_DIR cannot be used: ${message}`);
  else if (isOfTheDisk(error))
    complain(
      `blangko: ${message}; is there room where DATA_DIR lies (df), and is the disk well (dmesg)?`,
    );
  else if (advice !== undefined) complain(`blangko: ${message}; ${advice}`);
  else if (TOLD_PLAINLY.has(error.name)) complain(`blangko: ${message}${causeOf(error)}`);
  else complain(`blangko: a fault of the program or the machine: ${error.name}: ${message}`);
}

function causeOf(error: Error): string {
  const { code } = error as { readonly code?: unknown };
  if (!CAUSES_TOLD.has(code) || !(error.cause instanceof Error)) return '';
  return ` (${error.cause.message.split('\n')[0] ?? ''})`;
}

/** A folder could not be made: what is named is a file, or the place is not the caller's to write to. */
function isOfTheFolder(error: Error): boolean {
  return (error as NodeJS.ErrnoException).syscall === 'mkdir';
}

/** The disk is full, or failed; also where that is only the cause of the fault. */
function isOfTheDisk(error: Error): boolean {
  const { code, errcode } = error as { readonly code?: unknown; readonly errcode?: unknown };
  // The low byte of an extended code is its primary code.
  if (code === 'ENOSPC' || (typeof errcode === 'number' && DISK_CODES.has(errcode & 0xff)))
    return true;
  return error.cause instanceof Error && isOfTheDisk(error.cause);
}
