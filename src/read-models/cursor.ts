/** A place in a listing, as text that says nothing to the caller. */
export type Cursor = string;

/** The most rows one page holds. */
export const MAX_PAGE = 1_000;

export interface Page<T> {
  readonly items: readonly T[];
  /** Where the next page begins; null after the last one. */
  readonly nextCursor: Cursor | null;
}

/** The cursor was not made by the listing it is given to. */
export class InvalidCursor extends Error {
  override readonly name = 'InvalidCursor';
  constructor() {
    super('the cursor is not one of this listing');
  }
}

/** `kind` names the listing. */
export function cursorAt(kind: string, place: string): Cursor {
  return Buffer.from(`${kind}:${place}`, 'utf8').toString('base64url');
}

/** @throws {InvalidCursor} the cursor is of another listing, or none */
export function placeOf(kind: string, cursor: Cursor): string {
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  if (!text.startsWith(`${kind}:`) || cursorAt(kind, text.slice(kind.length + 1)) !== cursor)
    throw new InvalidCursor();
  return text.slice(kind.length + 1);
}

/** Held to 1..{@link MAX_PAGE}. */
export function pageSize(limit: number): number {
  return Number.isSafeInteger(limit) ? Math.min(Math.max(limit, 1), MAX_PAGE) : MAX_PAGE;
}
