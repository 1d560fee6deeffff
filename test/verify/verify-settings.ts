import { readOptions, UsageError } from '../support/command-options.js';

/** In the order in which they run. */
export const STEPS = ['scenario', 'audit', 'story', 'rebuild'] as const;
export type StepName = (typeof STEPS)[number];

export interface VerifySettings {
  /** 1 is the whole nation: 7,000,000 blanks. */
  readonly scale: number;
  /** The data folder; null: a new one below the system's temporary folder. */
  readonly folder: string | null;
  /** Leave the data folder as it is at the end. */
  readonly isKept: boolean;
  /** The first step; the others before it have been run on `folder`. */
  readonly from: StepName;
}

export const USAGE = `Usage: npm run verify:national -- [options]
  --scale S       part of the nation's 7,000,000 blanks, up to 1 (default 1)
  --folder PATH   data folder, new or empty (default: a new one in the system's temporary folder)
  --keep          leave the data folder; without it, what this run has recorded is removed
  --from STEP     ${STEPS.join(', ')}: begins there, on what --folder holds (of the same --scale), and keeps it
`;

const OPTIONS = {
  scale: { type: 'string' },
  folder: { type: 'string' },
  from: { type: 'string' },
  keep: { type: 'boolean' },
  help: { type: 'boolean' },
} as const;

/** Null when help is asked for. @throws {UsageError} */
export function readVerifySettings(args: readonly string[]): VerifySettings | null {
  const values = readOptions(args, OPTIONS);
  if (values.help === true) return null;
  const from = stepOf(values.from);
  const folder = values.folder ?? null;
  if (from !== 'scenario' && folder === null)
    throw new UsageError('--from needs the --folder of an earlier run');
  const isKept = values.keep === true || from !== 'scenario';
  return { scale: scaleOf(values.scale), folder, isKept, from };
}

function stepOf(given = 'scenario'): StepName {
  const step = STEPS.find((name) => name === given);
  if (step === undefined) throw new UsageError(`there is no step ${given}`);
  return step;
}

function scaleOf(given = '1'): number {
  const scale = Number(given);
  if (/^[0-9.]+$/.test(given) && scale > 0 && scale <= 1) return scale;
  throw new UsageError(`--scale is a number above 0, up to 1, not "${given}"`);
}
