/**
 * A rule that the program itself guarantees was found broken. This is a fault, never a refusal:
 * no input, however hostile, may cause it, and no caller is expected to recover from it.
 */
export class InvariantViolation extends Error {
  override readonly name = 'InvariantViolation';
}

/**
 * States what must hold at this point. `why` says what is broken when it does not hold, in words
 * that help whoever reads the log.
 *
 * @throws InvariantViolation when the condition is false.
 */
export function assert(condition: boolean, why: string): asserts condition {
  if (!condition) {
    throw new InvariantViolation(why);
  }
}

/**
 * Ends a switch over a union: the compiler refuses the call while a member is left unhandled.
 * Data that lies about its type still gets here at run time, and is a fault.
 *
 * @throws InvariantViolation always.
 */
export function assertNever(value: never): never {
  throw new InvariantViolation(`unhandled member of a union: ${JSON.stringify(value)}`);
}
