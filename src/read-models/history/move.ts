import { assert, assertNever } from '../../custody/assert.js';
import { parseShipmentId, type AccountId } from '../../custody/account/account-id.js';
import type { CustodyEvent, Place } from '../../custody/account/events.js';
import { postingsOf } from '../../custody/account/postings.js';
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
export function countsOfMoves(moves: Iterable<readonly [number, number]>): Record<CountName, number> {
  const counts = noCounts();
  for (const [move, blanks] of moves) addMove(counts, move, blanks);
  return counts;
}

/** Serials of one batch that move in the books of one account. */
export interface AccountMove {
  readonly account: AccountId;
  readonly batch: string;
  readonly move: Move;
  readonly blanks: number;
  /** The consignee of what goes out of, or comes back from, a transit from this account; else null. */
  readonly consignee: AccountId | null;
  /** None for cards without a number. */
  readonly ranges: readonly SerialRange[];
}

/**
 * What an entry does to the books of its account, and of the one at the other end of a shipment. Nothing
 * needs to be looked up: a shipment id names its consignor, an entry that sends names the consignee, and only
 * the consignee settles.
 */
export function accountMoves(account: AccountId, event: CustodyEvent): readonly AccountMove[] {
  const moves: AccountMove[] = [];
  const to = newConsignee(event) ?? account;
  for (const posting of postingsOf(event)) {
    const left = sidesOf(posting.from, account, account);
    const entered = sidesOf(posting.to, account, to);
    for (const batch of posting.serials.batches()) {
      const serials = posting.serials.ofBatch(batch);
      const ranges = [...serials.ranges()];
      const blanks = serials.size;
      for (const [owner, move, consignee] of sides(account, left, entered))
        moves.push({ account: owner, batch, move, blanks, consignee, ranges });
    }
  }
  const change = unnumberedChange(event);
  if (change !== 0) {
    const move = moveOf('outside', 'unnumbered');
    const none = { consignee: null, ranges: [] };
    moves.push({ account, batch: NO_BATCH, move, blanks: change, ...none });
  }
  return moves;
}

/** Where serials are, seen from each account whose books have them. */
interface Sides {
  /** In the books of the entry's account. */
  readonly own: HistoryPlace | null;
  readonly consignor: AccountId | null;
  readonly consignee: AccountId | null;
}

function sidesOf(place: Place, account: AccountId, consignee: AccountId): Sides {
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

type Side = readonly [AccountId, Move, AccountId | null];

/** One move for each account that is concerned: where it has both what leaves and what enters, one of both. */
function sides(account: AccountId, left: Sides, entered: Sides): readonly Side[] {
  const found: Side[] = [];
  const places = new Map<AccountId, { from: HistoryPlace; to: HistoryPlace }>();
  const at = (owner: AccountId): { from: HistoryPlace; to: HistoryPlace } => {
    const known = places.get(owner) ?? { from: 'outside', to: 'outside' };
    places.set(owner, known);
    return known;
  };
  if (left.own !== null) at(account).from = left.own;
  if (entered.own !== null) at(account).to = entered.own;
  if (left.consignee !== null) at(left.consignee).from = 'transitIn';
  if (entered.consignor !== null) at(entered.consignor).to = 'transitOut';
  // A reversal gives back to a shipment that was on its way to this very account.
  if (entered.consignee === account) at(account).to = 'transitIn';
  for (const [owner, { from, to }] of places)
    found.push([owner, moveOf(from, to), to === 'transitOut' ? entered.consignee : null]);
  // The far ends: what is no longer on its way from there, and what is on its way to there.
  if (left.consignor !== null)
    found.push([left.consignor, moveOf('transitOut', 'outside'), left.consignee]);
  if (entered.consignee !== null && entered.consignee !== account)
    found.push([entered.consignee, moveOf('outside', 'transitIn'), null]);
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
