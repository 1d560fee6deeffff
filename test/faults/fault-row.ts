import { spawnSync } from 'node:child_process';

/** One line of the table: a fault, how it is brought about, and the trial itself. */
export interface FaultRow {
  /** For `--only`. */
  readonly name: string;
  readonly fault: string;
  readonly how: string;
  /** Without one of these the row is skipped, and says so. */
  readonly needs: readonly Tool[];
  /** It runs specs of `npm test`: a quick run leaves it out. */
  readonly isOfSpecs?: boolean;
  /** @throws {FaultFound} the ledger did not stand it */
  readonly run: (trial: Trial) => Promise<Outcome>;
}

/** What one row is given. */
export interface Trial {
  /** A folder of its own, removed afterwards. */
  readonly folder: string;
  readonly seed: number;
  /** From 0 to 1, always the same for a seed. */
  readonly random: () => number;
  readonly isQuick: boolean;
  /** How often: in a whole run, and in a quick one. */
  readonly count: (full: number, quick: number) => number;
}

export interface Outcome {
  /** What was really counted, e.g. `500 cycles`. */
  readonly count: string;
  readonly result: string;
}

/** The ledger did not stand the fault, or the fault did not come about. */
export class FaultFound extends Error {
  override readonly name = 'FaultFound';
}

export function must(condition: boolean, why: string): asserts condition {
  if (!condition) throw new FaultFound(why);
}

/** Each with a command that shows whether it works here, beyond being installed. */
const PROBES = {
  strace: ['strace', '-o', '/dev/null', 'true'],
  'fiu-run': ['fiu-run', '-x', 'true'],
  faketime: ['faketime', '-f', '-1d', 'true'],
  'unshare -m': ['unshare', '-m', 'sh', '-c', 'mount -t tmpfs -o size=64k tmpfs /mnt'],
} as const;
export type Tool = keyof typeof PROBES;

/** Why a tool cannot be used, or null when it can. */
export function reasonWithout(tool: Tool): string | null {
  const [command, ...rest] = PROBES[tool];
  const { error, status } = spawnSync(command, rest, { stdio: 'ignore' });
  if (error !== undefined) return `${command} is not installed`;
  return status === 0 ? null : `${tool} is not permitted here`;
}

export function figure(value: number): string {
  return value.toLocaleString('en-US');
}
