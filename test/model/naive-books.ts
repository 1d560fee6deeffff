import type { HeldState, Officer } from '../../src/custody/account/events.js';
import type { OccurredAt } from '../../src/custody/occurrence.js';

export type NaiveState = HeldState | 'issued' | 'missing' | 'destroyed';

/** Where one serial is. */
export type NaivePlace =
  | { readonly account: string; readonly state: NaiveState }
  | { readonly shipment: string; readonly state: HeldState };

export interface NaiveMove {
  readonly serial: string;
  /** Null: newly produced. */
  readonly from: NaivePlace | null;
  readonly to: NaivePlace;
}

/** What one event says, as far as the model tells; serial sets are sorted lists of serials. */
export interface NaiveEvent {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly moves: readonly NaiveMove[];
}

export interface NaiveEntry extends NaiveEvent {
  readonly at: OccurredAt;
  /** When what it refers to happened. */
  readonly cause: OccurredAt | null;
  /** What the account held after this entry. */
  readonly heldAfter: ReadonlyMap<string, HeldState>;
  readonly unnumbered: number;
  isReversed: boolean;
}

export interface NaiveCommand {
  readonly signature: string;
  readonly actor: Officer;
  readonly niks: readonly string[];
  readonly events: readonly NaiveEvent[];
}

export interface NaiveStream {
  readonly entries: NaiveEntry[];
  readonly commands: Map<string, NaiveCommand>;
  readonly approvals: Set<string>;
  /** The latest recording time, in milliseconds; 0 while empty. */
  time: number;
  sent: number;
  custodian: string | null;
  unnumbered: number;
}

export interface NaiveBatch {
  readonly contract: string | null;
  readonly quantity: number;
  readonly serialMax: number;
  isClosed: boolean;
}

export interface NaiveShipment {
  readonly id: string;
  readonly isSurrender: boolean;
  readonly consignor: string;
  readonly consignee: string;
  readonly expectedBy: number | null;
  readonly at: OccurredAt;
  readonly recordedAt: number;
  readonly manifest: ReadonlyMap<string, HeldState>;
}

export interface NaiveFacility {
  readonly parent: string | null;
  readonly successor: string | null;
  isOpen: boolean;
}

/** The books of one small history, as plainly as can be: each serial has its place in a map. */
export class NaiveBooks {
  readonly places = new Map<string, NaivePlace>();
  readonly batches = new Map<string, NaiveBatch>();
  readonly shipments = new Map<string, NaiveShipment>();
  /** By finding id. */
  readonly findings = new Map<string, { readonly at: OccurredAt; isResolved: boolean }>();
  private readonly streams = new Map<string, NaiveStream>();

  constructor(readonly facilities: ReadonlyMap<string, NaiveFacility>) {}

  stream(name: string): NaiveStream {
    const known = this.streams.get(name);
    if (known !== undefined) return known;
    const stream: NaiveStream = {
      entries: [],
      commands: new Map(),
      approvals: new Set(),
      time: 0,
      sent: 0,
      custodian: null,
      unnumbered: 0,
    };
    this.streams.set(name, stream);
    return stream;
  }

  /** The serials in one state of one account, sorted. */
  in(account: string, state: NaiveState): readonly string[] {
    return [...this.places]
      .filter(([, at]) => 'account' in at && at.account === account && at.state === state)
      .map(([serial]) => serial)
      .sort();
  }

  held(account: string): ReadonlyMap<string, HeldState> {
    const held = new Map<string, HeldState>();
    for (const [serial, at] of this.places) {
      if (!('account' in at) || at.account !== account) continue;
      if (at.state === 'usable' || at.state === 'invalid') held.set(serial, at.state);
    }
    return held;
  }

  /** What of a shipment is in transit. */
  open(shipment: string): ReadonlyMap<string, HeldState> {
    const open = new Map<string, HeldState>();
    for (const [serial, at] of this.places) {
      if ('shipment' in at && at.shipment === shipment) open.set(serial, at.state);
    }
    return open;
  }
}
