import type { HeldState, Officer } from '../../src/custody/account/events.js';
import type { OccurredAt } from '../../src/custody/occurrence.js';
import { REJECTION_CODES, type RejectionCode } from '../../src/custody/rejection.js';
import { applied } from './naive-effects.js';
import { refusals } from './naive-refusals.js';
import { signatureOf, textFaults } from './naive-text.js';
import { approvalOf, streamOf, type Step } from './steps.js';

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

export type NaiveOutcome =
  | { readonly code: RejectionCode }
  | { readonly events: readonly NaiveEvent[]; readonly isReplay: boolean };

/** So many bulky entries are more than one append may have; other steps are far smaller. */
export const TOO_MANY_BULKY = 8;

function firstOf(codes: readonly RejectionCode[]): RejectionCode | null {
  return REJECTION_CODES.find((code) => codes.includes(code)) ?? null;
}

function isTooLarge(step: Step): boolean {
  return step.kind === 'IssueBlanks' && step.isBulky && step.issuances.length >= TOO_MANY_BULKY;
}

function niksOf(step: Step): readonly string[] {
  return step.kind === 'IssueBlanks' ? step.issuances.map(({ nik }) => nik) : [];
}

/**
 * The ledger of one small history, as plainly as can be: each serial has its place in a map, each
 * command lists every refusal that applies, and the first by the table is the answer.
 */
export class NaiveLedger {
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

  /**
   * What the command does, or the code it is refused with; an accepted one takes effect.
   * `clock`: of the node that decides. `contentHash`: of the command, as far as known to its sender.
   */
  execute(step: Step, clock: number, contentHash: string | null): NaiveOutcome {
    const fault = firstOf(textFaults(step));
    if (fault !== null) return { code: fault };
    const stream = this.stream(streamOf(step));
    const before = stream.commands.get(step.commandId);
    if (before !== undefined) return this.again(step, before);
    const now = Math.max(clock, stream.time);
    const code = firstOf(refusals(this, step, { now, contentHash, stream }));
    if (code !== null) return { code };
    if (isTooLarge(step)) return { code: 'append_too_large' };
    return { events: this.apply(step, clock, stream), isReplay: false };
  }

  private again(step: Step, before: NaiveCommand): NaiveOutcome {
    const isSame =
      before.signature === signatureOf(step) &&
      JSON.stringify(before.actor) === JSON.stringify(step.actor) &&
      before.niks.join() === niksOf(step).join();
    return isSame ? { events: before.events, isReplay: true } : { code: 'idempotency_key_reused' };
  }

  private apply(step: Step, clock: number, stream: NaiveStream): readonly NaiveEvent[] {
    const { events, cause } = applied(this, step, clock, stream);
    for (const event of events) {
      for (const { serial, to } of event.moves) this.places.set(serial, to);
      const unnumbered = event.type === 'BlanksDestroyed' ? Number(event.data['unnumbered']) : 0;
      const heldAfter = step.kind === 'ReportDemand' ? new Map() : this.held(step.account);
      stream.entries.push({
        ...event,
        at: step.at,
        cause,
        heldAfter,
        unnumbered,
        isReversed: false,
      });
    }
    stream.time = Math.max(stream.time, clock);
    const hash = approvalOf(step)?.contentHash;
    if (hash !== undefined) stream.approvals.add(hash);
    const signature = signatureOf(step);
    const command = { signature, actor: step.actor, niks: niksOf(step), events };
    stream.commands.set(step.commandId, command);
    return events;
  }
}
