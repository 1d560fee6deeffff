import { parseArgs, type ParseArgsConfig } from 'node:util';

/** What was given on the command line cannot be done. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The options of a command line that takes nothing else. @throws {UsageError} */
export function readOptions<const O extends NonNullable<ParseArgsConfig['options']>>(
  args: readonly string[],
  options: O,
) {
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}
