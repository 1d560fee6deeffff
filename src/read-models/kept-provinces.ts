import {
  facilityOf,
  parseAccountId,
  parseShipmentId,
  type AccountId,
} from '../custody/account/account-id.js';
import type { CustodyEvent } from '../custody/account/events.js';
import { postingsOf } from '../custody/account/postings.js';
import type { Recorded } from '../event-store/codec/ledger-event.js';
import { accountEntry } from './projection.js';

/** This node keeps no read models of what is asked for. Another does. */
export class NotKeptHere extends Error {
  override readonly name = 'NotKeptHere';
  constructor(
    /** The provinces that are kept. */
    readonly provinces: readonly string[],
  ) {
    super(`this node keeps the read models of ${provinces.join(', ')} only`);
  }
}

/** The provinces of which a node keeps read models: all of them, unless some are named. */
export class KeptProvinces {
  static readonly all = new KeptProvinces([]);
  readonly codes: readonly string[];

  /** @param codes two digits each; none for all */
  constructor(codes: readonly string[]) {
    this.codes = [...new Set(codes)].sort();
  }

  /** As {@link KeptProvinces.toString} wrote it. */
  static parse(text: string): KeptProvinces {
    return new KeptProvinces(text === '' ? [] : text.split(','));
  }

  get isAll(): boolean {
    return this.codes.length === 0;
  }

  toString(): string {
    return this.codes.join(',');
  }

  /** By the province its id began in, which its stream is named by; a facility that moved stays there. */
  keeps(account: AccountId): boolean {
    if (this.isAll) return true;
    const facility = facilityOf(account);
    return facility !== null && this.codes.includes(facility.slice(0, 2));
  }

  /**
   * @param accounts texts that should name one each; what names none is answered as everywhere
   * @throws {NotKeptHere} none of them is kept: each is of another province, or of the nation
   */
  assertKeepsOne(accounts: readonly string[]): void {
    if (this.isAll) return;
    const ids = accounts.map(parseAccountId);
    if (!ids.some((id) => id === null || this.keeps(id))) throw new NotKeptHere(this.codes);
  }

  /**
   * Whether all of a region is kept: a facility may have moved there from a province that is not.
   * @throws {NotKeptHere}
   */
  assertKeepsAll(facilities: Iterable<{ readonly facilityId: string }>): void {
    if (this.isAll) return;
    for (const { facilityId } of facilities) this.assertKeepsOne([facilityId]);
  }

  /** @throws {NotKeptHere} not all provinces are kept */
  assertAll(): void {
    if (!this.isAll) throw new NotKeptHere(this.codes);
  }
}

/**
 * Which events of the log a node's read models rest on: those of its provinces' accounts, of the
 * register, and of whoever sends something there or settles what came from there.
 */
export class KeptEvents {
  /** Shipments from elsewhere to the provinces. */
  readonly #sentHere = new Set<string>();

  /** @param isKnown whether a shipment of an earlier run is one of {@link KeptEvents.#sentHere} */
  constructor(
    private readonly provinces: KeptProvinces,
    private readonly isKnown: (shipmentId: string) => boolean = () => false,
  ) {}

  /** What can be left out unread: an issuance elsewhere, as nearly the whole log is. */
  isElsewhere({ stream, type }: { readonly stream: string; readonly type: string }): boolean {
    if (this.provinces.isAll || type !== 'BlankIssued') return false;
    const account = parseAccountId(stream.slice(stream.indexOf('-') + 1));
    return account !== null && !this.provinces.keeps(account);
  }

  /** The next event of the log. */
  passes(event: Recorded): boolean {
    if (this.provinces.isAll) return true;
    const entry = accountEntry(event);
    if (entry === null || this.provinces.keeps(entry.account)) return true;
    return this.#concerns(entry.account, entry.event);
  }

  #concerns(account: AccountId, event: Recorded<CustodyEvent>): boolean {
    if (event.type === 'BlankIssued') return false;
    const isSentHere =
      'to' in event.data && isText(event.data.to) && this.#keepsText(event.data.to);
    const shipments = shipmentsOf(event);
    if (isSentHere)
      for (const id of shipments)
        if (parseShipmentId(id)?.consignor === account) this.#sentHere.add(id);
    return isSentHere || shipments.some((id) => this.#isOfHere(id));
  }

  #isOfHere(shipmentId: string): boolean {
    const consignor = parseShipmentId(shipmentId)?.consignor;
    if (consignor !== undefined && this.provinces.keeps(consignor)) return true;
    return this.#sentHere.has(shipmentId) || this.isKnown(shipmentId);
  }

  #keepsText(account: string): boolean {
    const id = parseAccountId(account);
    return id !== null && this.provinces.keeps(id);
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

/** Those that an entry sends, settles or tells something of. */
function shipmentsOf(event: Recorded<CustodyEvent>): readonly string[] {
  if (event.type === 'TransitIncidentReported') return [event.data.shipmentId];
  return postingsOf(event).flatMap(({ from, to }) =>
    [from, to].flatMap((place) => (place.place === 'transit' ? [place.shipmentId] : [])),
  );
}
