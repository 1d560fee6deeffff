// Primary result codes of https://www.sqlite.org/rescode.html that this engine tells apart.
export const SQLITE_BUSY = 5;
export const SQLITE_CORRUPT = 11;
export const SQLITE_CANTOPEN = 14;
export const SQLITE_NOTADB = 26;

/** The primary SQLite result code of an error thrown by node:sqlite, or null for any other error. */
export function sqliteErrorCode(error: unknown): number | null {
  if (typeof error !== 'object' || error === null || !('errcode' in error)) return null;
  // The low byte of an extended code is its primary code.
  return typeof error.errcode === 'number' ? error.errcode & 0xff : null;
}
