import { assertNever } from '../assert.js';
import { parseSerialNumber } from '../serials/serial-number.js';
import { SerialSet, type SerialSetJson } from '../serials/serial-set.js';
import type { ShipmentId } from './account-id.js';
import type {
  AccountState,
  CustodyEvent,
  CustodyEventOf,
  HeldState,
  Place,
  PostingJson,
  SplitByState,
} from './events.js';

/**
 * Serials leaving one place of the books for another. Every event of custody is a list of these,
 * as in double-entry bookkeeping, so nothing appears or vanishes: account state, stock, audit and
 * reversal all follow from {@link postingsOf} alone.
 */
export interface Posting {
  readonly from: Place;
  readonly to: Place;
  readonly serials: SerialSet;
}

const UNPRODUCED: Place = { place: 'unproduced' };

function at(place: AccountState): Place {
  return { place };
}

function inTransit(shipmentId: ShipmentId, state: HeldState): Place {
  return { place: 'transit', shipmentId, state };
}

function post(from: Place, to: Place, serials: SerialSetJson): Posting {
  return { from, to, serials: SerialSet.fromJson(serials) };
}

/** The set of one serial written in full, as events store it. */
export function serialSetOf(serial: string): SerialSet {
  const parsed = parseSerialNumber(serial);
  if (!parsed.ok) throw new Error(`not a serial number: ${serial}`);
  const { batch, number } = parsed.value;
  return SerialSet.of([{ batch, first: number, last: number }]);
}

function receiptPostings({ data }: CustodyEventOf<'ShipmentReceived'>): readonly Posting[] {
  const usable = inTransit(data.shipmentId, 'usable');
  const invalid = inTransit(data.shipmentId, 'invalid');
  return [
    post(usable, at('usable'), data.asStated.usable),
    post(invalid, at('invalid'), data.asStated.invalid),
    post(usable, at('invalid'), data.damaged.usable),
    post(invalid, at('invalid'), data.damaged.invalid),
    post(usable, at('missing'), data.missing.usable),
    post(invalid, at('missing'), data.missing.invalid),
  ];
}

function splitPostings(
  split: SplitByState,
  from: (state: HeldState) => Place,
  to: (state: HeldState) => Place,
): readonly Posting[] {
  return [
    post(from('usable'), to('usable'), split.usable),
    post(from('invalid'), to('invalid'), split.invalid),
  ];
}

function surrenderPosting({ data }: CustodyEventOf<'CardSurrendered'>): Posting {
  const to = data.shipmentId === null ? at('invalid') : inTransit(data.shipmentId, 'invalid');
  return { from: at('issued'), to, serials: serialSetOf(data.serial) };
}

function lossPostings({ data }: CustodyEventOf<'BlanksReportedMissing'>): readonly Posting[] {
  const { shipmentId } = data;
  return splitPostings(
    { usable: data.fromUsable, invalid: data.fromInvalid },
    (state) => (shipmentId === null ? at(state) : inTransit(shipmentId, state)),
    () => at('missing'),
  );
}

function allPostings(event: CustodyEvent): readonly Posting[] {
  switch (event.type) {
    case 'BlanksProduced':
      return [post(UNPRODUCED, at('usable'), event.data.serials)];
    case 'ShipmentDispatched': {
      const { shipmentId, packages } = event.data;
      return packages.flatMap((pack) =>
        splitPostings(pack, at, (state) => inTransit(shipmentId, state)),
      );
    }
    case 'ShipmentReceived':
      return receiptPostings(event);
    case 'ShipmentRefused': {
      const { shipmentId, newShipmentId } = event.data;
      return splitPostings(
        event.data,
        (state) => inTransit(shipmentId, state),
        (state) => inTransit(newShipmentId, state),
      );
    }
    case 'BlankIssued':
      return [{ from: at('usable'), to: at('issued'), serials: serialSetOf(event.data.serial) }];
    case 'CardSurrendered':
      return [surrenderPosting(event)];
    case 'BlanksSpoiled':
      return [post(at('usable'), at('invalid'), event.data.serials)];
    case 'BlanksDestroyed':
      return [post(at('invalid'), at('destroyed'), event.data.serials)];
    case 'BlanksReportedMissing':
      return lossPostings(event);
    case 'BlanksRecovered':
      return [post(at('missing'), at(event.data.as), event.data.serials)];
    case 'StockCounted':
      return splitPostings(event.data.short, at, () => at('missing'));
    case 'EntryReversed':
      return event.data.postings.map(({ from, to, serials }) => post(from, to, serials));
    case 'BatchProcured':
    case 'BatchClosed':
    case 'CustodianChanged':
    case 'OccurrenceCorrected':
    case 'TransitIncidentReported':
    case 'UnnumberedCardsRecorded':
      return [];
    default:
      return assertNever(event);
  }
}

/** What the event moves, seen from the account in whose stream it stands; no posting is empty. */
export function postingsOf(event: CustodyEvent): readonly Posting[] {
  return allPostings(event).filter(({ serials }) => !serials.isEmpty);
}

/** Every serial the event moves. */
export function serialsMovedBy(event: CustodyEvent): SerialSet {
  return postingsOf(event).reduce((all, { serials }) => all.union(serials), SerialSet.empty);
}

/** The postings that undo `postings`, as stored in a reversal. */
export function reversedPostings(postings: readonly Posting[]): readonly PostingJson[] {
  return postings
    .map(({ from, to, serials }) => ({ from: to, to: from, serials: serials.toJson() }))
    .reverse();
}
