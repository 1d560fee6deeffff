import { assert, assertNever } from '../../custody/assert.js';
import { parseShipmentId, type AccountId } from '../../custody/account/account-id.js';
import type { CustodyEvent, Place } from '../../custody/account/events.js';
import { postingsOf } from '../../custody/account/postings.js';
import type { Recorded } from '../../event-store/codec/ledger-event.js';
import type { SerialRange } from '../../custody/serials/serial-range.js';
import { noCounts, NO_BATCH, type CountName } from '../stock/stock-counts.js';

/*
 * What happens to the stock of one account is a list of moves, each from one place in its books to another,
 * so a card of the account closes by itself: opening, moves, closing. A shipment moves something at both
 * of its ends.
 */

/** Places in the books of one account, by their numbers in stored rows: never renumber them. */
export const PLACES = [
  'outside',
  'unproduced',
  'usable',
  'invalid',
  'issued',
  'missing',
  'destroyed',
  'transitOut',
  'transitIn',
  'unnumbered',
  'transitWithin',
] as const;
export type HistoryPlace = (typeof PLACES)[number];

/** From one place to another, as one number: 16 times the first, and the second. */
export type Move = number & { readonly __brand: 'Move' };

/** Added to a move of a region: the account that had moved so changed regions. */
export const TRANSFER = 256;

const NUMBER_OF = Object.fromEntries(PLACES.map((place, number) => [place, number])) as Readonly<
  Record<HistoryPlace, number>
>;

export function moveOf(from: HistoryPlace, to: HistoryPlace): Move {
  return (NUMBER_OF[from] * 16 + NUMBER_OF[to]) as Move;
}

export interface MoveParts {
  readonly from: HistoryPlace;
  readonly to: HistoryPlace;
  readonly isTransfer: boolean;
}

export function moveParts(move: number): MoveParts {
  const [from, to] = [PLACES[(move % TRANSFER) >>> 4], PLACES[move & 15]];
  assert(from !== undefined && to !== undefined, `a move names two places: ${move}`);
  return { from, to, isTransfer: move >= TRANSFER };
}

export const ISSUED_MOVE = moveOf('usable', 'issued');
export const WITHIN_MOVE = moveOf('outside', 'transitWithin');
/** Of cards without a number: destroyed ones count as negative. */
export const UNNUMBERED_MOVE = moveOf('outside', 'unnumbered');
/** Those of which blanks may be negative from the start. */
export const SIGNED_MOVES: ReadonlySet<number> = new Set([WITHIN_MOVE, UNNUMBERED_MOVE]);

const COUNT_OF: Readonly<Record<HistoryPlace, CountName | null>> = {
  outside: null,
  unproduced: null,
  usable: 'usable',
  invalid: 'invalid',
  issued: 'issued',
  missing: 'missing',
  destroyed: 'destroyed',
  transitOut: 'inTransitOut',
  transitIn: 'inTransitIn',
  unnumbered: 'unnumbered',
  transitWithin: 'inTransitWithin',
};

/** Adds to counts what a move of so many blanks comes to. */
export function addMove(counts: Record<CountName, number>, move: number, blanks: number): void {
  const { from, to } = moveParts(move);
  const [less, more] = [COUNT_OF[from], COUNT_OF[to]];
  if (less !== null) counts[less] -= blanks;
  if (more !== null) counts[more] += blanks;
  if (from === 'unproduced') counts.produced += blanks;
  if (to === 'unproduced') counts.produced -= blanks;
}

/** What moves come to. */
export function countsOfMoves(
  moves: Iterable<readonly [number, number]>,
): Record<CountName, number> {
  const counts = noCounts();
  for (const [move, blanks] of moves) addMove(counts, move, blanks);
  return counts;
}

/** An entry that is no issuance, with what it moves. */
export interface HistoryEntry {
  readonly account: AccountId;
  readonly event: Recorded<CustodyEvent>;
  readonly ledgerTime: number;
  readonly moves: readonly EntryMove[];
}

/** What a move of serials is in the books of one account. */
export interface Side {
  readonly account: AccountId;
  readonly move: Move;
  /** The consignee of what goes into, or comes back from, a transit from this account; else null. */
  readonly consignee: AccountId | null;
}

/** Serials of one batch that an entry moves from one place to another. */
export interface EntryMove {
  readonly batch: string;
  /** None for cards without a number. */
  readonly ranges: readonly SerialRange[];
  readonly blanks: number;
  /** Names the place they leave, and the one they enter, in the whole nation; null where there is none. */
  readonly fromKey: string | null;
  readonly toKey: string;
  readonly sides: readonly Side[];
}

/**
 * What an entry does to the books of its account, and of the one at the other end of a shipment. Nothing
 * needs to be looked up: a shipment id names its consignor, an entry that sends names the consignee, and only
 * the consignee settles.
 */
export function entryMoves(account: AccountId, event: CustodyEvent): readonly EntryMove[] {
  const moves: EntryMove[] = [];
  const consignee = newConsignee(event) ?? account;
  for (const { from, to, serials } of postingsOf(event)) {
    const sides = sidesOf(account, from, to, consignee);
    const keys = { fromKey: keyOf(account, from), toKey: keyOf(account, to) ?? '' };
    for (const batch of serials.batches()) {
      const own = serials.ofBatch(batch);
      moves.push({ batch, ranges: [...own.ranges()], blanks: own.size, sides, ...keys });
    }
  }
  const blanks = unnumberedChange(event);
  if (blanks !== 0) {
    const sides = [{ account, move: UNNUMBERED_MOVE, consignee: null }];
    const keys = { fromKey: null, toKey: `${account} unnumbered` };
    moves.push({ batch: NO_BATCH, ranges: [], blanks, sides, ...keys });
  }
  return moves;
}

/** The place of the serials that an account has in a state: see {@link EntryMove.fromKey}. */
export function placeKey(account: AccountId, state: HistoryPlace): string {
  return `${account} ${state}`;
}

function keyOf(account: AccountId, place: Place): string | null {
  if (place.place === 'unproduced') return null;
  return place.place === 'transit' ? place.shipmentId : placeKey(account, place.place);
}

/**
 * The books that a move from one place to another is in, with what it is there.
 * @param account whose entry it is
 * @param consignee whom a shipment that it gives to is for
 */
export function sidesOf(
  account: AccountId,
  from: Place,
  to: Place,
  consignee: AccountId,
): readonly Side[] {
  return sides(account, endsOf(from, account), endsOf(to, consignee));
}

/** Whose books serials are in. */
interface Ends {
  /** In the books of the entry's account. */
  readonly own: HistoryPlace | null;
  readonly consignor: AccountId | null;
  readonly consignee: AccountId | null;
}

function endsOf(place: Place, consignee: AccountId): Ends {
  switch (place.place) {
    case 'transit': {
      const parts = parseShipmentId(place.shipmentId);
      assert(parts !== null, `a shipment id names its consignor: ${place.shipmentId}`);
      return { own: null, consignor: parts.consignor, consignee };
    }
    case 'unproduced':
    case 'usable':
    case 'invalid':
    case 'issued':
    case 'missing':
    case 'destroyed':
      return { own: place.place, consignor: null, consignee: null };
    default:
      return assertNever(place);
  }
}

function sides(account: AccountId, left: Ends, entered: Ends): readonly Side[] {
  const ends = new Map<AccountId, { from: HistoryPlace; to: HistoryPlace }>();
  const at = (owner: AccountId): { from: HistoryPlace; to: HistoryPlace } => {
    const known = ends.get(owner) ?? { from: 'outside', to: 'outside' };
    ends.set(owner, known);
    return known;
  };
  if (left.own !== null) at(account).from = left.own;
  if (entered.own !== null) at(account).to = entered.own;
  // Only the consignee settles, so what leaves a transit was on its way to this account.
  if (left.consignor !== null) at(account).from = 'transitIn';
  if (entered.consignor !== null) at(entered.consignor).to = 'transitOut';
  // A reversal gives back to a shipment that was on its way to this very account.
  if (entered.consignee === account) at(account).to = 'transitIn';
  const found = [...ends].map(([owner, { from, to }]): Side => {
    const consignee = to === 'transitOut' ? entered.consignee : null;
    return { account: owner, move: moveOf(from, to), consignee };
  });
  // The far ends: what is no longer on its way from there, and what now is on its way to there.
  if (left.consignor !== null)
    found.push({
      account: left.consignor,
      move: moveOf('transitOut', 'outside'),
      consignee: account,
    });
  if (entered.consignee !== null && entered.consignee !== account)
    found.push({
      account: entered.consignee,
      move: moveOf('outside', 'transitIn'),
      consignee: null,
    });
  return found;
}

/** Whom a shipment the entry sends is for; a reversal sends none, but gives back to a shipment to this account. */
function newConsignee(event: CustodyEvent): AccountId | null {
  const sends =
    event.type === 'ShipmentDispatched' ||
    event.type === 'ShipmentRefused' ||
    event.type === 'CardSurrendered';
  return sends ? event.data.to : null;
}

function unnumberedChange(event: CustodyEvent): number {
  if (event.type === 'UnnumberedCardsRecorded') return event.data.count;
  if (event.type === 'BlanksDestroyed') return -event.data.unnumbered;
  return event.type === 'EntryReversed' ? event.data.unnumbered : 0;
}
