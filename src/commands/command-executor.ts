import { setTimeout as delay } from 'node:timers/promises';
import {
  actingFor,
  type Decision,
  type DecisionContext,
  type FacilityDirectory,
} from '../custody/account/decision.js';
import { accountOfStream } from '../custody/account/account-id.js';
import type { Approval } from '../custody/account/events.js';
import { reject, type Rejection } from '../custody/rejection.js';
import { MAX_APPEND_BYTES } from '../event-store/codec/append-request.js';
import { canonicalJson } from '../event-store/codec/canonical-json.js';
import { CUSTODY_SCHEMA_VERSION } from '../custody/account/events.js';
import { decodeEvent, encodeEvent, encodeMetadata } from '../event-store/codec/event-codec.js';
import type { EventMetadata, LedgerEvent, Recorded } from '../event-store/codec/ledger-event.js';
import {
  StoreUnavailable,
  WrongExpectedVersion,
  type AppendResult,
  type EventStore,
  type EventToAppend,
  type JsonObject,
} from '../event-store/event-store.js';
import type { Clock, CommandEnvelope } from './command-envelope.js';
import { eventIdOf, hashCommand, type CommandHashes } from './command-hash.js';
import { LedgerBusy } from './ledger-busy.js';
import type { Aggregate, StreamSession } from './stream-session.js';
import { StreamSessions } from './stream-sessions.js';
import { Turns } from './turns.js';

/** One command on one stream, ready to be decided. */
export interface Order<S, E extends LedgerEvent> {
  /** Name of the use case, as hashed. */
  readonly name: string;
  readonly stream: string;
  readonly aggregate: Aggregate<S>;
  readonly envelope: CommandEnvelope;
  /** Its own fields, without persons: what makes two commands the same. */
  readonly command: object;
  readonly approval: Approval | null;
  decide(session: StreamSession<S>, context: DecisionContext): Decision<E> | Promise<Decision<E>>;
  /** Adds to accepted events what must not be looked up before; their size stays as it was. */
  complete?(events: readonly E[]): Promise<readonly E[]>;
  /** Whether the stored events are about the same persons as this command. */
  isSamePerson?(stored: readonly Recorded[]): Promise<boolean>;
}

/** What a command did; the same for every retry, since it is told from the stored events. */
export interface CommandOutcome {
  readonly stream: string;
  /** Of the last event. */
  readonly revision: bigint;
  /** Of the last event: a query with this position sees the command's effect. */
  readonly position: bigint;
  readonly events: readonly (LedgerEvent & { readonly id: string; readonly revision: bigint })[];
  /** Whether an earlier sending of the command had this effect. */
  readonly isReplay: boolean;
}

export type CommandResult =
  | { readonly ok: true; readonly outcome: CommandOutcome }
  | { readonly ok: false; readonly rejection: Rejection };

export interface ExecutorOptions {
  readonly store: EventStore;
  readonly clock: Clock;
  readonly facilities: FacilityDirectory;
}

/** How often a command is decided anew after others wrote first. */
const MAX_DECISIONS = 4;
/** How often an append of unknown outcome is sent again. */
const MAX_SENDINGS = 5;
const FIRST_PAUSE_MS = 20;
/** A command is answered within this time, in milliseconds, whatever the store does. */
const COMMAND_MS = 8_000;

interface Prepared {
  readonly events: readonly LedgerEvent[];
  readonly stored: readonly EventToAppend[];
  readonly metadata: EventMetadata;
  /** As the engine counts an append: data, metadata and twice the type's length. */
  readonly bytes: number;
}

/**
 * Carries out commands: one at a time on each stream, each decided on the stream's state and
 * appended at the very revision it was decided on. Idempotent for ever by (stream, commandId).
 */
export class CommandExecutor {
  readonly facilities: FacilityDirectory;
  readonly clock: Clock;
  readonly store: EventStore;
  private readonly turns = new Turns();
  private readonly sessions: StreamSessions;

  constructor({ store, clock, facilities }: ExecutorOptions) {
    this.store = store;
    this.clock = clock;
    this.facilities = facilities;
    this.sessions = new StreamSessions(store, (stream) => this.turns.isBusy(stream));
  }

  /**
   * Answers within 8 seconds.
   * @throws {LedgerBusy} try again with the same command id
   * @throws {StoreReadOnly} the store takes no writes until it is restarted
   */
  execute<S, E extends LedgerEvent>(order: Order<S, E>): Promise<CommandResult> {
    const deadline = performance.now() + COMMAND_MS;
    const answer = this.turns.take(order.stream, () => this.run(order, deadline));
    return answeredInTime(answer, order.stream);
  }

  /** The session of a stream, for reading facts of other accounts. */
  sessionOf<S>(aggregate: Aggregate<S>, stream: string): Promise<StreamSession<S>> {
    return this.sessions.open(aggregate, stream);
  }

  private async run<S, E extends LedgerEvent>(
    order: Order<S, E>,
    deadline: number,
  ): Promise<CommandResult> {
    // Whoever sent it has been answered: to carry it out now would only keep the others waiting.
    if (performance.now() >= deadline) throw tooLate(order.stream);
    const hashes = hashCommand({ ...order, commandId: order.envelope.commandId });
    const session = await this.sessions.open(order.aggregate, order.stream);
    for (let decisions = 0; decisions < MAX_DECISIONS; decisions++) {
      if (performance.now() >= deadline) throw tooLate(order.stream);
      const first = session.firstRevisionOf(order.envelope.commandId);
      if (first !== undefined) return this.answerStored(order, hashes, first);
      const result = await this.decideOnce(order, hashes, session, deadline);
      if (result !== null) return result;
    }
    throw new LedgerBusy(`${order.stream} changed too often while the command was decided`);
  }

  /** Null when the stream has moved on, so that the command must be looked up and decided again. */
  private async decideOnce<S, E extends LedgerEvent>(
    order: Order<S, E>,
    hashes: CommandHashes,
    session: StreamSession<S>,
    deadline: number,
  ): Promise<CommandResult | null> {
    const next = session.next;
    const metadata = this.metadataOf(order, hashes);
    const decision = await order.decide(session, this.contextOf(order, hashes, session, metadata));
    if (session.next !== next) return null;
    if (!decision.ok) {
      // A node may be behind the log: nothing is refused on old books.
      return (await session.catchUp()) ? null : { ok: false, rejection: decision.rejection };
    }
    try {
      session.foresee(decision.events);
    } catch (fault) {
      // What does not follow from old books may well follow from today's.
      if (await session.catchUp()) return null;
      throw fault;
    }
    const prepared =
      order.complete === undefined ? prepare(order.stream, decision.events, metadata) : null;
    const bytes = prepared?.bytes ?? sizeOf(decision.events, metadata);
    if (bytes > MAX_APPEND_BYTES) {
      const rejection = reject('append_too_large', { details: { bytes, most: MAX_APPEND_BYTES } });
      return (await session.catchUp()) ? null : { ok: false, rejection };
    }
    if (prepared !== null) return this.write(session, next, prepared, deadline);
    const events = (await order.complete?.(decision.events)) ?? decision.events;
    return this.write(session, next, prepare(order.stream, events, metadata), deadline);
  }

  private async write<S>(
    session: StreamSession<S>,
    next: number,
    { events, stored, metadata }: Prepared,
    deadline: number,
  ): Promise<CommandResult | null> {
    const written = await this.appendSettled(session.stream, next, stored, deadline);
    if (written === null) {
      await session.catchUp();
      return null;
    }
    const entries = events.map((event, index) => ({
      ...event,
      id: stored[index]?.id ?? '',
      revision: BigInt(next + index),
    }));
    for (const entry of entries) session.observe({ ...entry, metadata });
    return {
      ok: true,
      outcome: { stream: session.stream, ...written, events: entries, isReplay: false },
    };
  }

  /**
   * Appends at an exact revision and settles an unknown outcome by sending the identical events
   * again. Null when another append took the place.
   */
  private async appendSettled(
    stream: string,
    next: number,
    events: readonly EventToAppend[],
    deadline: number,
  ): Promise<AppendResult | null> {
    const expected = next === 0 ? 'no_stream' : BigInt(next - 1);
    for (let sending = 1; ; sending++) {
      try {
        return await this.store.append(stream, expected, events);
      } catch (error) {
        if (error instanceof WrongExpectedVersion) return null;
        if (!(error instanceof StoreUnavailable)) throw error;
        if (sending === MAX_SENDINGS || performance.now() >= deadline)
          throw new LedgerBusy(`the store did not answer: ${error.message}`, { cause: error });
        await delay(FIRST_PAUSE_MS * 2 ** sending * (0.5 + Math.random() / 2));
      }
    }
  }

  private async answerStored<S, E extends LedgerEvent>(
    order: Order<S, E>,
    { commandHash }: CommandHashes,
    first: number,
  ): Promise<CommandResult> {
    const stored = await this.eventsOf(order.stream, first, order.envelope.commandId);
    const last = stored.at(-1);
    if (last === undefined) throw new Error(`${order.stream} has lost revision ${first}`);
    const { actor } = last.metadata;
    const { actor: given } = order.envelope;
    const isSame =
      last.metadata.commandHash === commandHash &&
      actor.id === given.id &&
      actor.role === given.role &&
      actor.facilityId === given.facilityId &&
      ((await order.isSamePerson?.(stored)) ?? true);
    if (!isSame) return { ok: false, rejection: reject('idempotency_key_reused') };
    const { revision, position } = last;
    return {
      ok: true,
      outcome: { stream: order.stream, revision, position, events: stored, isReplay: true },
    };
  }

  private async eventsOf(
    stream: string,
    first: number,
    commandId: string,
  ): Promise<readonly Recorded[]> {
    const found: Recorded[] = [];
    // Most commands have one event or two: no more is read of a long stream than that needs.
    for (let max = 2; ; max = 1_000) {
      const from = first + found.length;
      const wanted = found.length + max;
      for await (const batch of this.store.readStream(stream, { from: BigInt(from), max })) {
        for (const recorded of batch) {
          const event = decodeEvent(recorded);
          if (event.metadata.commandId !== commandId) return found;
          found.push(event);
        }
      }
      if (found.length < wanted) return found;
    }
  }

  private metadataOf<S, E extends LedgerEvent>(
    { stream, envelope }: Order<S, E>,
    { commandHash }: CommandHashes,
  ): EventMetadata {
    const { actor, commandId, capture, correlationId, causationId } = envelope;
    const account = accountOfStream(stream);
    return {
      schema: CUSTODY_SCHEMA_VERSION,
      actor,
      commandId,
      commandHash,
      recordedAt: new Date(this.clock.now()).toISOString(),
      grantId: null,
      accessRevision: null,
      onBehalfOf: account === null ? null : actingFor(account, actor, this.facilities),
      capture,
      correlationId,
      causationId,
    };
  }

  private contextOf<S, E extends LedgerEvent>(
    order: Order<S, E>,
    { contentHash }: CommandHashes,
    session: StreamSession<S>,
    metadata: EventMetadata,
  ): DecisionContext {
    return {
      actor: order.envelope.actor,
      // A slow clock must not refuse what this stream already knows to have happened.
      now: Math.max(Date.parse(metadata.recordedAt), session.ledgerTime),
      contentHash,
      isApprovalSpent: session.isApprovalSpent(order.approval?.contentHash),
      eventIdOf: (index, event) =>
        prepare(order.stream, [event], metadata, index).stored[0]?.id ?? '',
      facilities: this.facilities,
    };
  }
}

function tooLate(stream: string): LedgerBusy {
  return new LedgerBusy(`the command on ${stream} was not carried out in time`);
}

/** What becomes of it later, its sender learns by sending it again. */
async function answeredInTime<T>(answer: Promise<T>, stream: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(tooLate(stream));
    }, COMMAND_MS);
  });
  answer.catch(() => undefined);
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** `first`: index of the first of these events within the command. */
function prepare(
  stream: string,
  events: readonly LedgerEvent[],
  metadata: EventMetadata,
  first = 0,
): Prepared {
  const { commandId } = metadata;
  let bytes = 0;
  // The events of a command share their metadata but for the version of their shape.
  let common: { readonly schema: number; readonly json: JsonObject; readonly text: string } | null =
    null;
  const stored = events.map((event, index) => {
    const { type, schema, data } = encodeEvent(event);
    if (common?.schema !== schema) {
      const json = encodeMetadata({ ...metadata, schema });
      common = { schema, json, text: canonicalJson(json) };
    }
    const text = canonicalJson(data);
    bytes += Buffer.byteLength(text) + Buffer.byteLength(common.text) + 2 * type.length;
    const id = eventIdOf({ stream, commandId, index: first + index }, text, common.text);
    return { id, type, data, metadata: common.json };
  });
  return { events, stored, metadata, bytes };
}

/** {@link Prepared.bytes} without the rest of it: canonical JSON is as long as any without spaces. */
function sizeOf(events: readonly LedgerEvent[], metadata: EventMetadata): number {
  const common = Buffer.byteLength(JSON.stringify(encodeMetadata(metadata)));
  return events.reduce(
    (bytes, { type, data }) =>
      bytes + Buffer.byteLength(JSON.stringify(data)) + common + 2 * type.length,
    0,
  );
}
