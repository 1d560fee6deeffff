import { assert, assertNever, InvariantViolation } from '../assert.js';
import { SerialSet } from '../serials/serial-set.js';
import { parseShipmentId, type AccountId, type ShipmentId } from './account-id.js';
import type { AccountState, CustodyEvent } from './events.js';
import { PersistentMap } from './persistent-map.js';
import { postingsOf, type Posting } from './postings.js';

/** What a batch account knows of its production run. */
export interface BatchRun {
  /** Null for a legacy batch. */
  readonly contract: string | null;
  readonly quantityContracted: number;
  /** Inclusive. */
  readonly serialMax: number;
  /** Every serial ever produced. */
  readonly produced: SerialSet;
  readonly isClosed: boolean;
}

/**
 * The state decisions on one account need, folded from its stream. Immutable: an older state stays
 * valid. The five serial sets are disjoint.
 */
export interface CustodyAccount {
  readonly id: AccountId;
  readonly usable: SerialSet;
  readonly invalid: SerialSet;
  readonly issued: SerialSet;
  readonly missing: SerialSet;
  readonly destroyed: SerialSet;
  /** Null unless this is the account of a procured batch. */
  readonly batch: BatchRun | null;
  /** Running number of the last shipment this account sent (dispatched, refused or surrendered). */
  readonly shipmentsSent: number;
  /** Per incoming shipment, the serials no longer in transit. */
  readonly settled: PersistentMap<SerialSet>;
  /** The officer who answers for the account, or null before the first handover. */
  readonly custodian: string | null;
  /** Cards held without a legible serial number. */
  readonly unnumbered: number;
}

export function emptyAccount(id: AccountId): CustodyAccount {
  return {
    id,
    usable: SerialSet.empty,
    invalid: SerialSet.empty,
    issued: SerialSet.empty,
    missing: SerialSet.empty,
    destroyed: SerialSet.empty,
    batch: null,
    shipmentsSent: 0,
    settled: PersistentMap.empty(),
    custodian: null,
    unnumbered: 0,
  };
}

/** Blanks and cards physically here. */
export function heldBy(account: CustodyAccount): SerialSet {
  return account.usable.plus(account.invalid);
}

type Books = Record<AccountState, SerialSet> & {
  settled: PersistentMap<SerialSet>;
  batch: BatchRun | null;
};

function leave(books: Books, { from, serials }: Posting): void {
  switch (from.place) {
    case 'unproduced': {
      assert(books.batch !== null, 'only a procured batch produces');
      books.batch = { ...books.batch, produced: books.batch.produced.plus(serials) };
      return;
    }
    case 'transit': {
      const settled = books.settled.get(from.shipmentId) ?? SerialSet.empty;
      books.settled = books.settled.with(from.shipmentId, settled.plus(serials));
      return;
    }
    case 'usable':
    case 'invalid':
    case 'issued':
    case 'missing':
    case 'destroyed':
      books[from.place] = books[from.place].minus(serials);
      return;
    default:
      assertNever(from);
  }
}

/** `isReversal`: serials come back to the transit they had left; otherwise they leave on a new shipment. */
function enter(books: Books, { to, serials }: Posting, isReversal: boolean): void {
  switch (to.place) {
    case 'unproduced':
      throw new InvariantViolation('production is never undone');
    case 'transit': {
      if (!isReversal) return;
      const settled = books.settled.get(to.shipmentId);
      assert(settled !== undefined, 'a reversal returns to a shipment known here');
      books.settled = books.settled.with(to.shipmentId, settled.minus(serials));
      return;
    }
    case 'usable':
    case 'invalid':
    case 'issued':
    case 'missing':
    case 'destroyed':
      books[to.place] = books[to.place].plus(serials);
      return;
    default:
      assertNever(to);
  }
}

function evolveBooks(account: CustodyAccount, event: CustodyEvent): CustodyAccount {
  const postings = postingsOf(event);
  if (postings.length === 0) return account;
  const { usable, invalid, issued, missing, destroyed, settled, batch } = account;
  const books: Books = { usable, invalid, issued, missing, destroyed, settled, batch };
  for (const posting of postings) {
    leave(books, posting);
    enter(books, posting, event.type === 'EntryReversed');
  }
  return { ...account, ...books };
}

function sent(account: CustodyAccount, shipmentId: ShipmentId): CustodyAccount {
  const parts = parseShipmentId(shipmentId);
  assert(parts !== null, 'a shipment id names its consignor and number');
  assert(parts.consignor === account.id, 'an account numbers its own shipments');
  assert(parts.number === account.shipmentsSent + 1, 'shipment numbers run without gaps');
  return { ...account, shipmentsSent: parts.number };
}

function evolveFacts(account: CustodyAccount, event: CustodyEvent): CustodyAccount {
  switch (event.type) {
    case 'BatchProcured': {
      const { contract, quantityContracted, serialMax } = event.data;
      assert(account.batch === null, 'a batch is procured once');
      const batch = {
        contract,
        quantityContracted,
        serialMax,
        produced: SerialSet.empty,
        isClosed: false,
      };
      return { ...account, batch };
    }
    case 'BatchClosed': {
      assert(account.batch !== null, 'only a procured batch is closed');
      return { ...account, batch: { ...account.batch, isClosed: true } };
    }
    case 'ShipmentDispatched':
      return sent(account, event.data.shipmentId);
    case 'ShipmentRefused':
      return sent(account, event.data.newShipmentId);
    case 'CardSurrendered':
      return event.data.shipmentId === null ? account : sent(account, event.data.shipmentId);
    case 'CustodianChanged':
      return { ...account, custodian: event.data.to };
    case 'UnnumberedCardsRecorded':
      return { ...account, unnumbered: account.unnumbered + event.data.count };
    case 'BlanksDestroyed':
      assert(
        event.data.unnumbered <= account.unnumbered,
        'no more unnumbered cards destroyed than held',
      );
      return { ...account, unnumbered: account.unnumbered - event.data.unnumbered };
    case 'EntryReversed':
      return { ...account, unnumbered: account.unnumbered + event.data.unnumbered };
    case 'BlanksProduced':
    case 'ShipmentReceived':
    case 'BlankIssued':
    case 'BlanksSpoiled':
    case 'BlanksReportedMissing':
    case 'BlanksRecovered':
    case 'StockCounted':
    case 'OccurrenceCorrected':
    case 'TransitIncidentReported':
      return account;
    default:
      return assertNever(event);
  }
}

/**
 * The state after one more entry. Throws InvariantViolation where the entry does not follow from
 * the state: a serial leaves a place it is not in, or enters one it is in already.
 */
export function evolveAccount(account: CustodyAccount, event: CustodyEvent): CustodyAccount {
  return evolveBooks(evolveFacts(account, event), event);
}
