import { accountOfStream, type AccountId } from '../custody/account/account-id.js';
import {
  emptyAccount,
  evolveAccount,
  type CustodyAccount,
} from '../custody/account/custody-account.js';
import type { CustodyEvent } from '../custody/account/events.js';
import { evolveFinding, type Finding, type FindingEvent } from '../custody/finding/finding.js';
import type { LedgerEvent } from '../event-store/codec/ledger-event.js';
import type { Aggregate } from './stream-session.js';

function accountIdOf(stream: string): AccountId {
  const account = accountOfStream(stream);
  if (account === null) throw new Error(`not the stream of an account: ${stream}`);
  return account;
}

const FINDING_TYPES: ReadonlySet<string> = new Set<FindingEvent['type']>([
  'FindingRecorded',
  'FindingResolved',
]);
const FOREIGN_TYPES: ReadonlySet<string> = new Set<Exclude<LedgerEvent, CustodyEvent>['type']>([
  'FindingRecorded',
  'FindingResolved',
  'DemandReported',
  'RegisterPublished',
  'FacilityOpened',
  'FacilityClosed',
  'FacilityRenamed',
  'FacilityRenumbered',
  'FacilityMoved',
]);

/** Whether an event stands in the stream of an account. */
export function isCustodyEvent<E extends LedgerEvent>(event: E): event is Extract<E, CustodyEvent> {
  return !FOREIGN_TYPES.has(event.type);
}

function isFindingEvent(event: LedgerEvent): event is FindingEvent {
  return FINDING_TYPES.has(event.type);
}

function misplaced(event: LedgerEvent): never {
  throw new Error(`${event.type} stands in a stream it does not belong to`);
}

export const accountAggregate: Aggregate<CustodyAccount> = {
  initial: (stream) => emptyAccount(accountIdOf(stream)),
  evolve: (account, event) =>
    isCustodyEvent(event) ? evolveAccount(account, event) : misplaced(event),
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
