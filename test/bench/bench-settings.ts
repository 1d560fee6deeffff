import { tmpdir } from 'node:os';
import { readOptions, UsageError } from '../support/command-options.js';

export const BENCH_NAMES = [
  'append',
  'commands',
  'replay',
  'start',
  'append-stored',
  'event-store',
] as const;
export type BenchName = (typeof BENCH_NAMES)[number];

export interface BenchSettings {
  readonly benches: readonly BenchName[];
  /** One JSON object a line instead of a table. */
  readonly isJson: boolean;
  /** How often every contender is measured. */
  readonly rounds: number;
  /** Events in the log before the benches that need a full one. */
  readonly stored: number;
  /** A measurement of appends or commands ends at either bound. */
  readonly windowMs: number;
  readonly maxOperations: number;
  /** Commands before a server is first measured. */
  readonly warmUpCommands: number;
  /** Where the folder of the run's files is made: what lies under it is the disk that is measured. */
  readonly parent: string;
}

export const USAGE = `Usage: npm run bench -- [options]
  --only NAME     ${BENCH_NAMES.join(', ')}; may be given more than once
  --stored N      events stored before replay, start and append-stored (default 1000000)
  --rounds N      how often each contender is measured (default 5)
  --quick         small counts: shows that everything runs, its figures mean nothing
  --json          one JSON object a line
  --folder PATH   where files are made (default: the system's temporary folder)
`;

const MAX_STORED = 100_000_000;
const MAX_ROUNDS = 100;
const FULL = { rounds: 5, stored: 1_000_000, windowMs: 1_000, maxOperations: 250_000 };
const QUICK = { rounds: 1, stored: 2_000, windowMs: 50, maxOperations: 300 };
const WARM_UP_COMMANDS = 5_000;

const OPTIONS = {
  only: { type: 'string', multiple: true },
  stored: { type: 'string' },
  rounds: { type: 'string' },
  folder: { type: 'string' },
  quick: { type: 'boolean' },
  json: { type: 'boolean' },
  help: { type: 'boolean' },
} as const;

/** Null when help is asked for. @throws {UsageError} */
export function readBenchSettings(args: readonly string[]): BenchSettings | null {
  const values = readOptions(args, OPTIONS);
  if (values.help === true) return null;
  const isQuick = values.quick === true;
  const size = isQuick ? QUICK : FULL;
  return {
    benches: benchesOf(values.only),
    isJson: values.json === true,
    rounds: wholeOf('rounds', values.rounds, size.rounds, MAX_ROUNDS),
    stored: wholeOf('stored', values.stored, size.stored, MAX_STORED),
    windowMs: size.windowMs,
    maxOperations: size.maxOperations,
    warmUpCommands: isQuick ? size.maxOperations : WARM_UP_COMMANDS,
    parent: values.folder ?? tmpdir(),
  };
}

function benchesOf(given: readonly string[] | undefined): readonly BenchName[] {
  if (given === undefined) return BENCH_NAMES;
  const unknown = given.find((name) => !BENCH_NAMES.some((known) => known === name));
  if (unknown !== undefined) throw new UsageError(`there is no bench ${unknown}`);
  return BENCH_NAMES.filter((name) => given.includes(name));
}

function wholeOf(name: string, given: string | undefined, byDefault: number, max: number): number {
  if (given === undefined) return byDefault;
  const value = Number(given);
  if (/^[0-9]{1,9}$/.test(given) && value >= 1 && value <= max) return value;
  throw new UsageError(`--${name} is a whole number from 1 to ${max}, not "${given}"`);
}
