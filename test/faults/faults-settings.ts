import { readOptions, UsageError } from '../support/command-options.js';

export interface FaultSettings {
  readonly rows: readonly string[];
  readonly isQuick: boolean;
  readonly seed: number;
  /** Whether the rows' lines in docs/reference/faults.md are replaced. */
  readonly isWritten: boolean;
}

const MAX_SEED = 2 ** 31 - 1;

export function usageOf(names: readonly string[]): string {
  return `Usage: npm run faults -- [options]
  --only ROW   may be given more than once: ${names.join(', ')}
  --quick      small counts; without the rows that npm test runs as specs anyway
  --seed N     repeats the random choices of a run
  --write      puts the lines of these rows into docs/reference/faults.md
`;
}

const OPTIONS = {
  only: { type: 'string', multiple: true },
  seed: { type: 'string' },
  quick: { type: 'boolean' },
  write: { type: 'boolean' },
  help: { type: 'boolean' },
} as const;

/** Null when help is asked for. @throws {UsageError} */
export function readFaultSettings(
  args: readonly string[],
  names: readonly string[],
  quickNames: readonly string[],
): FaultSettings | null {
  const values = readOptions(args, OPTIONS);
  if (values.help === true) return null;
  const unknown = values.only?.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new UsageError(`there is no row ${unknown}`);
  const isQuick = values.quick === true;
  const isWritten = values.write === true;
  if (isQuick && isWritten) throw new UsageError('--write needs the full counts, without --quick');
  const asked = values.only ?? (isQuick ? quickNames : names);
  const rows = names.filter((name) => asked.includes(name));
  return { rows, isQuick, isWritten, seed: seedOf(values.seed) };
}

function seedOf(given: string | undefined): number {
  if (given === undefined) return Date.now() % MAX_SEED;
  const seed = Number(given);
  if (/^[0-9]{1,10}$/.test(given) && seed <= MAX_SEED) return seed;
  throw new UsageError(`--seed is a whole number up to ${MAX_SEED}, not "${given}"`);
}
