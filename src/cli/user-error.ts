/** Something the user can put right: told in one line, without a stack; the exit code is 1. */
export class UserError extends Error {
  override readonly name = 'UserError';
}
