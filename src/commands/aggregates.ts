import { accountOfStream, type AccountId } from '../custody/account/account-id.js';
import {
  emptyAccount,
  evolveAccount,
  type CustodyAccount,
} from '../custody/account/custody-account.js';
import type { CustodyEvent } from '../custody/account/events.js';
import type { FacilityEvent } from '../custody/facilities/facility-events.js';
import { evolveFinding, type Finding, type FindingEvent } from '../custody/finding/finding.js';
import { EVENT_TYPES } from '../event-store/codec/event-codec.js';
import type { LedgerEvent } from '../event-store/codec/ledger-event.js';
import type { Aggregate } from './stream-session.js';

function accountIdOf(stream: string): AccountId {
  const account = accountOfStream(stream);
  if (account === null) throw new Error(`not the stream of an account: ${stream}`);
  return account;
}

const CATEGORIES = new Map<LedgerEvent['type'], string>(
  EVENT_TYPES.map(({ type, category }) => [type, category]),
);

/** Whether an event stands in the stream of an account. */
export function isCustodyEvent<E extends LedgerEvent>(event: E): event is Extract<E, CustodyEvent> {
  return CATEGORIES.get(event.type) === 'custody';
}

/** Whether an event stands in the register of facilities. */
export function isFacilityEvent(event: LedgerEvent): event is FacilityEvent {
  return CATEGORIES.get(event.type) === 'register';
}

function isFindingEvent(event: LedgerEvent): event is FindingEvent {
  return CATEGORIES.get(event.type) === 'finding';
}

function misplaced(event: LedgerEvent): never {
  throw new Error(`${event.type} stands in a stream it does not belong to`);
}

export const accountAggregate: Aggregate<CustodyAccount> = {
  initial: (stream) => emptyAccount(accountIdOf(stream)),
  evolve: (account, event) =>
    isCustodyEvent(event) ? evolveAccount(account, event) : misplaced(event),
  weigh: ({ usable, invalid, issued, missing, destroyed, batch, settled }) =>
    [usable, invalid, issued, missing, destroyed].reduce(
      (sum, { rangeCount }) => sum + rangeCount,
      settled.size + (batch?.produced.rangeCount ?? 0),
    ),
};

export const findingAggregate: Aggregate<Finding> = {
  initial: () => null,
  evolve: (finding, event) =>
    isFindingEvent(event) ? evolveFinding(finding, event) : misplaced(event),
};

/** Reports of demand do not depend on earlier ones. */
export const demandAggregate: Aggregate<null> = {
  initial: () => null,
  evolve: (state, event) => (event.type === 'DemandReported' ? state : misplaced(event)),
};
