import pg from 'pg';
import { VaultError, type VaultErrorCode } from './subject-vault.js';

/** States of SQL (PostgreSQL's appendix A) that say more than their class. */
const STATES: Readonly<Record<string, VaultErrorCode>> = {
  '25006': 'vault_read_only',
  '25P03': 'vault_unavailable',
  '40001': 'vault_busy',
  '40P01': 'vault_busy',
  '55P03': 'vault_busy',
};
/**
 * Classes of what passes, or is put right at the server: connection, authorization, no such
 * database, resources (a full disk too), intervention (shutdown, statement cancelled), system.
 */
const UNAVAILABLE_CLASSES: ReadonlySet<string> = new Set(['08', '28', '3D', '53', '57', '58']);
const SERIALIZATION_FAILURES: ReadonlySet<unknown> = new Set(['40001', '40P01']);

/**
 * A fault of the driver or the server as the vault tells it. The cause keeps text and code alone: an
 * error of the driver may carry its connection, and with it the password.
 */
export function faultOf(error: unknown): VaultError {
  if (error instanceof VaultError) return error;
  const { message, code } = error as NodeJS.ErrnoException;
  // Of a host with several addresses there may be a code alone.
  const cause = Object.assign(new Error(message === '' ? code : message), { code });
  return new VaultError(codeOf(error), { cause });
}

function codeOf(error: unknown): VaultErrorCode {
  // Not from the server: the connection failed, broke, or was silent too long.
  if (!(error instanceof pg.DatabaseError)) return 'vault_unavailable';
  const { code = '' } = error;
  const isPassing = UNAVAILABLE_CLASSES.has(code.slice(0, 2));
  return STATES[code] ?? (isPassing ? 'vault_unavailable' : 'vault_refused');
}

/** Whether the transaction lost against another one, a deadlock included: it did nothing. */
export function isSerializationFailure(error: unknown): boolean {
  if (!(error instanceof VaultError)) return false;
  return SERIALIZATION_FAILURES.has((error.cause as { readonly code?: unknown } | undefined)?.code);
}
