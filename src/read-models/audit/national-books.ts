import { assertNever } from '../../custody/assert.js';
import { accountParts, type AccountId, type ShipmentId } from '../../custody/account/account-id.js';
import type { Shipment } from '../../custody/account/decision.js';
import type { AccountState, CustodyEvent, HeldState, Place } from '../../custody/account/events.js';
import { shipmentOf } from '../../custody/account/incoming-shipment.js';
import { postingsOf, type Posting } from '../../custody/account/postings.js';
import { formatSerialRange } from '../../custody/serials/serial-range.js';
import { SerialSet } from '../../custody/serials/serial-set.js';
import type { AuditBooks, AuditCheck } from './audit-report.js';

export interface BookFault {
  readonly check: AuditCheck;
  readonly what: string;
  readonly expected: string;
  readonly actual: string;
}

export type AccountBooks = Record<AccountState, SerialSet>;

interface ShipmentBooks {
  readonly shipment: Shipment;
  readonly open: Record<HeldState, SerialSet>;
}

const RANGES_SHOWN = 20;

/**
 * The nation's books by serial: every produced serial in one place. An entry that takes serials
 * from a place that has them not is a fault, and moves only those that are there, so that one
 * fault does not bring forth others.
 */
export class NationalBooks {
  readonly accounts = new Map<AccountId, AccountBooks>();
  readonly #shipments = new Map<ShipmentId, ShipmentBooks>();
  #produced = SerialSet.empty;

  /** Posts one entry of an account's stream and says what is wrong with it. */
  take(account: AccountId, event: CustodyEvent): readonly BookFault[] {
    const faults = [...this.#send(account, event)];
    for (const posting of postingsOf(event)) {
      const moved = this.#leave(account, posting, event, faults);
      this.#enter(account, posting.to, moved, faults);
    }
    return faults;
  }

  booksOf(account: AccountId): AccountBooks {
    const known = this.accounts.get(account);
    if (known !== undefined) return known;
    const { empty } = SerialSet;
    const books = {
      usable: empty,
      invalid: empty,
      issued: empty,
      missing: empty,
      destroyed: empty,
    };
    this.accounts.set(account, books);
    return books;
  }

  /** What is in transit, each shipment once. */
  *inTransit(): Generator<{ readonly shipment: Shipment; readonly serials: SerialSet }> {
    for (const { shipment, open } of this.#shipments.values())
      yield { shipment, serials: open.usable.union(open.invalid) };
  }

  /** Per batch. Two serials in two places make the balance negative. */
  close(): readonly AuditBooks[] {
    const places: [keyof AuditBooks, SerialSet][] = [['produced', this.#produced]];
    for (const books of this.accounts.values())
      for (const [state, serials] of Object.entries(books) as [AccountState, SerialSet][])
        places.push([state, serials]);
    for (const { serials } of this.inTransit()) places.push(['inTransit', serials]);
    const sums = new Map<string, Record<Exclude<keyof AuditBooks, 'batch'>, number>>();
    for (const [place, serials] of places) {
      for (const batch of serials.batches()) {
        const sum = sums.get(batch) ?? noSums();
        sums.set(batch, sum);
        sum[place as Exclude<keyof AuditBooks, 'batch'>] += serials.ofBatch(batch).size;
      }
    }
    return [...sums]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([batch, sum]) => {
        const { produced, usable, invalid, inTransit, issued, destroyed, missing } = sum;
        const balance = produced - usable - invalid - inTransit - issued - destroyed - missing;
        return { ...sum, batch, balance };
      });
  }

  #send(account: AccountId, event: CustodyEvent): readonly BookFault[] {
    const shipment = shipmentOf(event, 0);
    if (shipment === null) return [];
    const { shipmentId, consignor, consignee } = shipment;
    const faults: BookFault[] = [];
    if (consignor !== account)
      faults.push(consigneeFault(`the sender of ${shipmentId}`, consignor, account));
    if (event.type === 'ShipmentRefused') {
      const refused = this.#shipments.get(event.data.shipmentId)?.shipment.consignor;
      if (refused !== undefined && refused !== consignee)
        faults.push(consigneeFault(`${shipmentId} goes back to`, refused, consignee));
    }
    if (this.#shipments.has(shipmentId)) {
      const what = `shipment ${shipmentId} is sent`;
      faults.push({ check: 'account_rules', what, expected: 'once', actual: 'again' });
    } else {
      const open = { usable: SerialSet.empty, invalid: SerialSet.empty };
      this.#shipments.set(shipmentId, { shipment, open });
    }
    return faults;
  }

  #leave(
    account: AccountId,
    posting: Posting,
    event: CustodyEvent,
    faults: BookFault[],
  ): SerialSet {
    const { from, serials } = posting;
    if (from.place === 'unproduced') return this.#produce(account, serials, faults);
    if (from.place === 'transit') {
      const consignee = this.#shipments.get(from.shipmentId)?.shipment.consignee;
      if (consignee !== account) {
        const what = `shipment ${from.shipmentId} is settled by`;
        faults.push(
          consigneeFault(what, consignee ?? 'nobody: there is no such shipment', account),
        );
        return SerialSet.empty;
      }
    }
    const there = this.#at(account, from);
    const excess = serials.subtract(there);
    if (!excess.isEmpty) faults.push(this.#excessFault(account, posting, excess, event));
    this.#put(account, from, there.subtract(serials));
    return serials.intersect(there);
  }

  #produce(account: AccountId, serials: SerialSet, faults: BookFault[]): SerialSet {
    const parts = accountParts(account);
    const own = parts.kind === 'batch' ? serials.ofBatch(parts.batch) : SerialSet.empty;
    const foreign = serials.subtract(own);
    if (!foreign.isEmpty) {
      const what = `serials are produced by the account ${account}`;
      const expected = 'the account of their batch';
      faults.push({ check: 'conservation', what, expected, actual: textOf(foreign) });
    }
    const again = own.intersect(this.#produced);
    if (!again.isEmpty) {
      const what = 'serials are produced that were produced before';
      faults.push({ check: 'one_place', what, expected: 'none', actual: this.#whereabouts(again) });
    }
    const fresh = own.subtract(again);
    this.#produced = this.#produced.plus(fresh);
    return fresh;
  }

  #enter(account: AccountId, to: Place, moved: SerialSet, faults: BookFault[]): void {
    if (to.place === 'unproduced') {
      if (moved.isEmpty) return;
      const what = 'produced serials leave the books';
      faults.push({ check: 'conservation', what, expected: 'none', actual: textOf(moved) });
      this.#produced = this.#produced.subtract(moved);
      return;
    }
    if (to.place === 'transit' && !this.#shipments.has(to.shipmentId)) {
      const what = `serials go on the unknown shipment ${to.shipmentId}`;
      faults.push({ check: 'conservation', what, expected: 'none', actual: textOf(moved) });
      this.#produced = this.#produced.subtract(moved);
      return;
    }
    this.#put(account, to, this.#at(account, to).union(moved));
  }

  #at(account: AccountId, place: Exclude<Place, { place: 'unproduced' }>): SerialSet {
    if (place.place !== 'transit') return this.booksOf(account)[place.place];
    return this.#shipments.get(place.shipmentId)?.open[place.state] ?? SerialSet.empty;
  }

  #put(
    account: AccountId,
    place: Exclude<Place, { place: 'unproduced' }>,
    serials: SerialSet,
  ): void {
    switch (place.place) {
      case 'transit': {
        const books = this.#shipments.get(place.shipmentId);
        if (books !== undefined) books.open[place.state] = serials;
        return;
      }
      case 'usable':
      case 'invalid':
      case 'issued':
      case 'missing':
      case 'destroyed':
        this.booksOf(account)[place.place] = serials;
        return;
      default:
        assertNever(place);
    }
  }

  #excessFault(
    account: AccountId,
    { from, to }: Posting,
    excess: SerialSet,
    event: CustodyEvent,
  ): BookFault {
    const origin = nameOf(account, from);
    const what = `${event.type} takes from ${origin} what is not there`;
    const actual = this.#whereabouts(excess);
    return { check: this.#checkOf(from, to, excess), what, expected: `in ${origin}`, actual };
  }

  #checkOf(from: Place, to: Place, excess: SerialSet): AuditCheck {
    if (from.place === 'transit') return 'consignee_only';
    if (!this.#produced.containsAll(excess)) return 'conservation';
    for (const { issued, destroyed } of this.accounts.values()) {
      if (destroyed.intersects(excess)) return 'issued_once';
      if (to.place === 'issued' && issued.intersects(excess)) return 'issued_once';
    }
    return 'one_place';
  }

  /** Where serials are, for a report: looks through every place, which only a fault pays for. */
  #whereabouts(serials: SerialSet): string {
    const found: string[] = [];
    const look = (place: string, there: SerialSet): void => {
      if (there.intersects(serials)) found.push(`${textOf(there.intersect(serials))} in ${place}`);
    };
    for (const [account, books] of this.accounts)
      for (const [state, there] of Object.entries(books) as [AccountState, SerialSet][])
        look(nameOf(account, { place: state }), there);
    for (const { shipment, serials: there } of this.inTransit())
      look(`transit on ${shipment.shipmentId}`, there);
    const nowhere = serials.subtract(this.#produced);
    if (!nowhere.isEmpty) found.push(`${textOf(nowhere)} never produced`);
    return found.slice(0, RANGES_SHOWN).join('; ');
  }
}

function noSums(): Record<Exclude<keyof AuditBooks, 'batch'>, number> {
  return {
    produced: 0,
    usable: 0,
    invalid: 0,
    inTransit: 0,
    issued: 0,
    destroyed: 0,
    missing: 0,
    balance: 0,
  };
}

function nameOf(account: AccountId, place: Place): string {
  return place.place === 'transit'
    ? `transit on ${place.shipmentId}, ${place.state}`
    : `${account}, ${place.place}`;
}

function consigneeFault(what: string, expected: string, actual: string): BookFault {
  return { check: 'consignee_only', what, expected, actual };
}

export function textOf(serials: SerialSet): string {
  const shown = serials.firstRanges(RANGES_SHOWN).map(formatSerialRange).join(', ');
  return serials.rangeCount > RANGES_SHOWN ? `${shown} …` : shown;
}
