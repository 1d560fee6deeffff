import type { JsonObject } from '../../event-store.js';
import type { LedgerEvent } from '../ledger-event.js';
import type { Shape } from './shape.js';

/** What is known of one event type, besides its name and category. */
export interface Definition<T> {
  /** One sentence for the reference. */
  readonly meaning: string;
  /** Today's shape of its data. */
  readonly current: Shape<T>;
  /** The schemas of versions 1, 2 … before today's; none are ever removed. */
  readonly earlier: readonly JsonObject[];
}

/** A definition for each event type, checked against the type of its data. */
export type Definitions = {
  readonly [E in LedgerEvent as E['type']]: Definition<E['data']>;
};

/** An event type that has had one version so far. */
export function firstVersion<T>(meaning: string, current: Shape<T>): Definition<T> {
  return { meaning, current, earlier: [] };
}
