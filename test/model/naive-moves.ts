import type { HeldState } from '../../src/custody/account/events.js';
import type { OccurredAt } from '../../src/custody/occurrence.js';
import type { NaiveEvent, NaiveBooks, NaiveMove, NaivePlace, NaiveState } from './naive-books.js';

export interface Effect {
  readonly events: readonly NaiveEvent[];
  /** When what the entry refers to happened. */
  readonly cause: OccurredAt | null;
}

export type Split = Readonly<Record<HeldState, readonly string[]>>;

export function split(serials: readonly string[], states: ReadonlyMap<string, HeldState>): Split {
  const of = (state: HeldState): readonly string[] =>
    serials.filter((serial) => states.get(serial) === state).sort();
  return { usable: of('usable'), invalid: of('invalid') };
}

export function moveAll(
  ledger: NaiveBooks,
  serials: readonly string[],
  to: (serial: string) => NaivePlace,
): readonly NaiveMove[] {
  return serials.map((serial) => ({
    serial,
    from: ledger.places.get(serial) ?? null,
    to: to(serial),
  }));
}

export function into(
  ledger: NaiveBooks,
  account: string,
  state: NaiveState,
  serials: readonly string[],
) {
  return moveAll(ledger, serials, () => ({ account, state }));
}

export function one(
  type: string,
  data: NaiveEvent['data'],
  moves: readonly NaiveMove[] = [],
): Effect {
  return { events: [{ type, data, moves }], cause: null };
}

export function printed(serial: string): string {
  const [batch = '', number = ''] = serial.split('/');
  return `${batch}/${number.padStart(9, '0')}`;
}
