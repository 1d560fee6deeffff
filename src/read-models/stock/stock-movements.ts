import { assert, assertNever } from '../../custody/assert.js';
import { parseShipmentId, type AccountId } from '../../custody/account/account-id.js';
import type { CustodyEvent, Place } from '../../custody/account/events.js';
import { postingsOf } from '../../custody/account/postings.js';
import type { BatchCode } from '../../custody/serials/serial-number.js';
import type { SerialSet } from '../../custody/serials/serial-set.js';
import { NO_BATCH, type CountName } from './stock-counts.js';

/** One count of one account changes. */
export interface CountChange {
  readonly account: AccountId;
  readonly batch: string;
  readonly count: Exclude<CountName, 'inTransitIn' | 'inTransitOut' | 'inTransitWithin'>;
  readonly change: number;
}

/** What is on its way from one account to another changes. */
export interface TransitChange {
  readonly consignor: AccountId;
  readonly consignee: AccountId;
  readonly batch: string;
  readonly change: number;
}

export interface StockMovements {
  readonly counts: readonly CountChange[];
  readonly transit: readonly TransitChange[];
}

/**
 * What one entry of an account's stream does to the stock of the nation. Nothing needs to be
 * looked up: a shipment id names its consignor, an entry that sends names the consignee, and only
 * the consignee settles, so whatever leaves a transit was on its way to this account.
 */
export function stockMovements(account: AccountId, event: CustodyEvent): StockMovements {
  const counts: CountChange[] = [];
  const transit: TransitChange[] = [];
  const post = (place: Place, serials: SerialSet, consignee: AccountId, sign: 1 | -1): void => {
    for (const { batch, size } of sizeByBatch(serials)) {
      const change = sign * size;
      switch (place.place) {
        case 'unproduced':
          counts.push({ account, batch, count: 'produced', change: -change });
          break;
        case 'transit': {
          const consignor = consignorOf(place.shipmentId);
          transit.push({ consignor, consignee, batch, change });
          break;
        }
        case 'usable':
        case 'invalid':
        case 'issued':
        case 'missing':
        case 'destroyed':
          counts.push({ account, batch, count: place.place, change });
          break;
        default:
          assertNever(place);
      }
    }
  };
  const consignee = newConsignee(event) ?? account;
  for (const { from, to, serials } of postingsOf(event)) {
    post(from, serials, account, -1);
    post(to, serials, consignee, 1);
  }
  const change = unnumberedChange(event);
  if (change !== 0) counts.push({ account, batch: NO_BATCH, count: 'unnumbered', change });
  return { counts, transit };
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

function consignorOf(shipmentId: string): AccountId {
  const parts = parseShipmentId(shipmentId);
  assert(parts !== null, `a shipment id names its consignor: ${shipmentId}`);
  return parts.consignor;
}

export function sizeByBatch(
  serials: SerialSet,
): readonly { readonly batch: BatchCode; readonly size: number }[] {
  const batches = serials.batches();
  const [only] = batches;
  if (batches.length === 1 && only !== undefined) return [{ batch: only, size: serials.size }];
  return batches.map((batch) => ({ batch, size: serials.ofBatch(batch).size }));
}
