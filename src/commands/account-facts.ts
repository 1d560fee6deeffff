import {
  batchAccount,
  parseShipmentId,
  streamOfAccount,
  type AccountId,
  type ShipmentId,
} from '../custody/account/account-id.js';
import type { CorrectableEntry } from '../custody/account/correct-occurrence.js';
import type { CustodyAccount } from '../custody/account/custody-account.js';
import type { Shipment } from '../custody/account/decision.js';
import type { CustodyEvent } from '../custody/account/events.js';
import { shipmentOf } from '../custody/account/incoming-shipment.js';
import { serialsMovedBy } from '../custody/account/postings.js';
import { isReversible, type EntryHistory } from '../custody/account/reverse-entry.js';
import type { OccurredAt } from '../custody/occurrence.js';
import {
  formatSerialNumber,
  type BatchCode,
  type SerialNumber,
} from '../custody/serials/serial-number.js';
import { SerialSet } from '../custody/serials/serial-set.js';
import { decodeEvent } from '../event-store/codec/event-codec.js';
import type { Recorded } from '../event-store/codec/ledger-event.js';
import { accountAggregate, isCustodyEvent } from './aggregates.js';
import type { CommandExecutor } from './command-executor.js';
import type { StreamSession } from './stream-session.js';

/** Events read at first when a stream is searched from its end, and at most at once. */
const FEWEST_READ_BACK = 16;
const MOST_READ_BACK = 1_000;

type RecordedCustodyEvent = Recorded<CustodyEvent>;

/** What decisions on one account may ask of the log: its own history, and senders' entries. */
export class AccountFacts {
  constructor(
    private readonly executor: CommandExecutor,
    private readonly session: StreamSession<CustodyAccount>,
  ) {}

  /** The shipment as its sender's immutable entry describes it, or null when there is none. */
  async shipment(shipmentId: ShipmentId): Promise<Shipment | null> {
    const parts = parseShipmentId(shipmentId);
    if (parts === null) return null;
    const stream = streamOfAccount(parts.consignor);
    const session =
      stream === this.session.stream ? this.session : await this.follow(parts.consignor);
    let revision = session.shipmentRevision(parts.number);
    if (revision === undefined && (await session.catchUp()))
      revision = session.shipmentRevision(parts.number);
    const event = revision === undefined ? null : await this.eventAt(stream, BigInt(revision));
    return event === null ? null : shipmentOf(event, Date.parse(event.metadata.recordedAt));
  }

  async isBatchKnown(batch: BatchCode): Promise<boolean> {
    const session = await this.follow(batchAccount(batch));
    if (session.next === 0) await session.catchUp();
    return session.state.batch !== null;
  }

  bookAt(revision: bigint): Promise<CustodyAccount | null> {
    return this.session.stateAt(revision);
  }

  /** When the card was issued by this account, or null when it is not issued here now. */
  async issuedAt(serial: SerialNumber): Promise<OccurredAt | null> {
    // The whole stream would be searched for a card that is not in it.
    if (!this.session.state.issued.has(serial.batch, serial.number)) return null;
    return this.issuanceBackFrom(this.session.next - 1, formatSerialNumber(serial));
  }

  /** An entry and what later entries did to its serials, or null when there is no such revision. */
  async history(revision: bigint): Promise<EntryHistory | null> {
    const event = await this.ownEvent(revision);
    if (event === null) return null;
    const isReversed = this.session.isReversed(revision);
    // What can be undone no more, or never, is refused whatever came after it.
    const isOpen = !isReversed && isReversible(event.type);
    const touchedLater = isOpen ? await this.touchedAfter(revision) : SerialSet.empty;
    return { eventId: event.id, event, touchedLater, isReversed };
  }

  private async touchedAfter(revision: bigint): Promise<SerialSet> {
    let touched = SerialSet.empty;
    for await (const batch of this.executor.store.readStream(this.session.stream, {
      from: revision + 1n,
    })) {
      for (const later of batch) touched = touched.union(serialsMovedBy(custodyEvent(later)));
    }
    return touched;
  }

  /** An entry with the cause it refers to, or null when there is no such revision. */
  async correctable(revision: bigint): Promise<CorrectableEntry | null> {
    const event = await this.ownEvent(revision);
    if (event === null) return null;
    return {
      eventId: event.id,
      event,
      cause: await this.causeOf(event),
      isReversed: this.session.isReversed(revision),
    };
  }

  private async causeOf(event: RecordedCustodyEvent): Promise<OccurredAt | null> {
    if (event.type === 'CardSurrendered') return this.issuanceBefore(event);
    const refersToShipment =
      event.type === 'ShipmentReceived' ||
      event.type === 'ShipmentRefused' ||
      event.type === 'TransitIncidentReported' ||
      event.type === 'BlanksReportedMissing';
    const shipmentId = refersToShipment ? event.data.shipmentId : null;
    return shipmentId === null ? null : ((await this.shipment(shipmentId))?.occurredAt ?? null);
  }

  private issuanceBefore({
    revision,
    data,
  }: RecordedCustodyEvent & { type: 'CardSurrendered' }): Promise<OccurredAt | null> {
    return this.issuanceBackFrom(Number(revision), data.serial);
  }

  /** When the card was last issued here at or before `revision`. Most cards asked for are recent. */
  private async issuanceBackFrom(revision: number, serial: string): Promise<OccurredAt | null> {
    const { store } = this.executor;
    let from = revision;
    for (let max = FEWEST_READ_BACK; from >= 0; max = Math.min(max * 4, MOST_READ_BACK)) {
      const options = { direction: 'backwards', from: BigInt(from), max } as const;
      for await (const batch of store.readStream(this.session.stream, options)) {
        for (const recorded of batch) {
          if (recorded.type === 'BlankIssued' && recorded.data['serial'] === serial)
            return custodyEvent(recorded).data.occurredAt;
        }
      }
      from -= max;
    }
    return null;
  }

  private async ownEvent(revision: bigint): Promise<RecordedCustodyEvent | null> {
    if (revision < 0n || revision >= BigInt(this.session.next)) return null;
    return this.eventAt(this.session.stream, revision);
  }

  private async eventAt(stream: string, revision: bigint): Promise<RecordedCustodyEvent | null> {
    for await (const batch of this.executor.store.readStream(stream, { from: revision, max: 1 })) {
      for (const recorded of batch) return custodyEvent(recorded);
    }
    return null;
  }

  private follow(account: AccountId): Promise<StreamSession<CustodyAccount>> {
    return this.executor.sessionOf(accountAggregate, streamOfAccount(account));
  }
}

function custodyEvent(recorded: Parameters<typeof decodeEvent>[0]): RecordedCustodyEvent {
  const event = decodeEvent(recorded);
  if (!isCustodyEvent(event)) throw new Error(`${event.type} stands in the stream of an account`);
  return event;
}
