import {
  accountOfStream,
  facilityAccount,
  type AccountId,
} from '../../custody/account/account-id.js';
import { demandOfStream } from '../../custody/demand/demand.js';
import { EVENT_TYPES } from '../../event-store/codec/event-codec.js';
import type { LedgerEvent, Recorded } from '../../event-store/codec/ledger-event.js';
import type { Scope } from '../scope.js';
import type { LogRegions } from './log-regions.js';

type EventTypeName = LedgerEvent['type'];

const TYPE_NAMES: ReadonlySet<string> = new Set(EVENT_TYPES.map(({ type }) => type));

/** Which events of the log are wanted. */
export interface EventFilter {
  /** Only what concerns this region: see {@link concerns}. */
  readonly within: Scope;
  /** Only these types; null for all. */
  readonly types: ReadonlySet<EventTypeName> | null;
}

/** Names of event types with commas between, or null when one of them is none. */
export function parseEventTypes(text: string): ReadonlySet<EventTypeName> | null {
  const names = text.split(',');
  return names.every((name) => TYPE_NAMES.has(name)) ? new Set(names as EventTypeName[]) : null;
}

export function passes(filter: EventFilter, regions: LogRegions, event: Recorded): boolean {
  const { within, types } = filter;
  return (types === null || types.has(event.type)) && concerns(regions, within, event);
}

/**
 * Whether an event is of a region: an entry of an account or a report of demand in it, or a shipment
 * sent to it. The register's events and findings concern everybody: they are of no one place.
 */
function concerns(regions: LogRegions, within: Scope, event: Recorded): boolean {
  if (within.isNation) return true;
  const account = accountConcerned(event);
  if (account === null || regions.holds(within, account)) return true;
  const to = consigneeOf(event);
  return to !== null && regions.holds(within, to);
}

/** The account an event is of; null for the register and findings. */
export function accountConcerned({ stream }: { readonly stream: string }): AccountId | null {
  const account = accountOfStream(stream);
  if (account !== null) return account;
  const facility = demandOfStream(stream);
  return facility === null ? null : facilityAccount(facility);
}

/** Who a shipment that leaves with this event goes to. */
export function consigneeOf(event: Recorded): AccountId | null {
  const isSent =
    event.type === 'ShipmentDispatched' ||
    event.type === 'ShipmentRefused' ||
    event.type === 'CardSurrendered';
  return isSent ? event.data.to : null;
}
