import { setImmediate as turn } from 'node:timers/promises';
import { streamOfAccount, type AccountId } from '../../custody/account/account-id.js';
import type { FacilityId } from '../../custody/facilities/facility-code.js';
import type { FacilityRegister } from '../../custody/facilities/facility-register.js';
import { decodeEvent } from '../../event-store/codec/event-codec.js';
import type { Recorded } from '../../event-store/codec/ledger-event.js';
import type { EventStore, RecordedEvent } from '../../event-store/event-store.js';
import { Scope } from '../scope.js';
import { passes, type EventFilter } from '../trail/event-filter.js';
import { LogRegions } from '../trail/log-regions.js';

/** Events made rows of at a time: nobody waits longer for a turn than these take. */
const SLICE_EVENTS = 100;

/** Which part of the log is exported. */
export interface LogSelection {
  /** A facility: what concerns it and all below it. */
  readonly within?: FacilityId | undefined;
  /** The entries of this account alone. */
  readonly account?: AccountId | undefined;
  /** Decimal position of an event: only later ones. */
  readonly after?: string | undefined;
  /** Decimal position: none later. */
  readonly to?: string | undefined;
  /** Days, `YYYY-MM-DD`, both inclusive: recorded on these, by UTC. */
  readonly recordedFrom?: string | undefined;
  readonly recordedTo?: string | undefined;
  readonly types?: EventFilter['types'] | undefined;
}

/** A part of the log up to a position that was fixed. */
export interface LogRange {
  /** Decimal. */
  readonly position: string;
  readonly events: (signal: AbortSignal) => AsyncIterable<readonly Recorded[]>;
}

/** Null when the region or the account asked for lies outside the scope, or is none. */
export async function logRange(
  store: EventStore,
  register: FacilityRegister,
  scope: Scope,
  selection: LogSelection,
): Promise<LogRange | null> {
  const { within, account, types = null, to } = selection;
  if (within !== undefined && !isSeen(register, scope, within)) return null;
  const regions = await LogRegions.open(store);
  if (account !== undefined && !regions.holds(scope, account)) {
    regions.close();
    return null;
  }
  const head = (await store.head()) ?? 0n;
  const end = to === undefined || BigInt(to) > head ? head : BigInt(to);
  const filter = { within: within === undefined ? scope : new Scope(within), types };
  const isWanted = (event: Recorded): boolean =>
    isInTime(selection, event) && passes(filter, regions, event);
  return {
    position: String(end),
    events: async function* (signal) {
      try {
        for await (const batch of slices(recorded(store, selection, end, signal)))
          yield batch.map(decodeEvent).filter((event) => {
            regions.take(event);
            return isWanted(event);
          });
      } finally {
        regions.close();
      }
    },
  };
}

/** Whether a facility exists within a scope. */
export function isSeen(
  register: FacilityRegister,
  { facilityId, isNation }: Scope,
  asked: FacilityId,
): boolean {
  return register.get(asked) !== null && (isNation || register.isWithin(asked, facilityId));
}

function isInTime({ recordedFrom, recordedTo }: LogSelection, { metadata }: Recorded): boolean {
  const day = metadata.recordedAt.slice(0, 10);
  return (
    (recordedFrom === undefined || day >= recordedFrom) &&
    (recordedTo === undefined || day <= recordedTo)
  );
}

/** Up to `end`, and not a batch further. */
async function* recorded(
  store: EventStore,
  { account, after }: LogSelection,
  end: bigint,
  signal: AbortSignal,
): AsyncGenerator<readonly RecordedEvent[], void, undefined> {
  const start = after === undefined ? null : BigInt(after);
  if (end === 0n || (start !== null && start >= end)) return;
  // Only positions that events have can be read from, so the one known already is read again.
  const batches =
    account === undefined
      ? store.readAll({ signal, from: start ?? undefined })
      : store.readStream(streamOfAccount(account), { signal });
  for await (const batch of batches) {
    yield batch.filter(({ position }) => position <= end && (start === null || position > start));
    if ((batch.at(-1)?.position ?? 0n) >= end) return;
  }
}

async function* slices<T>(
  batches: AsyncIterable<readonly T[]>,
): AsyncGenerator<readonly T[], void, undefined> {
  for await (const batch of batches)
    for (let from = 0; from < batch.length; from += SLICE_EVENTS) {
      yield batch.slice(from, from + SLICE_EVENTS);
      await turn();
    }
}
