import type { ServerDuplexStream } from '@grpc/grpc-js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { Status } from '@eventstore/db-client/generated/status_pb.js';
import type {
  BatchAppendReq,
  BatchAppendResp,
} from '@eventstore/db-client/generated/streams_pb.js';
import type { ExpectedRevision } from '../../../src/event-store/event-store.js';
import * as answers from './batch-append-answers.js';
import { asRpcError } from './rpc-error.js';
import { admit, type Session } from './session.js';
import type { ProposedEvent } from './stored-event.js';
import type { WriteAnswer } from './streams.js';
import {
  countedBytes,
  expectedRevision,
  proposedEvent,
  streamIdentifier,
  streamName,
  uuidOf,
  uuidText,
} from './wire.js';

type Call = ServerDuplexStream<BatchAppendReq, BatchAppendResp>;

/** Streams.BatchAppend: any number of appends on one call, each in parts that name it. */
export function batchAppendCall(session: Session): (call: Call) => void {
  return (call) => {
    void new BatchAppend(session, call).run();
  };
}

/** An append of which parts are still to come. */
interface Gathered {
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly events: ProposedEvent[];
  readonly timer: NodeJS.Timeout;
  bytes: number;
}

class BatchAppend {
  readonly #session: Session;
  readonly #call: Call;
  readonly #gathered = new Map<string, Gathered>();
  readonly #underWay = new Set<Promise<void>>();

  constructor(session: Session, call: Call) {
    this.#session = session;
    this.#call = call;
  }

  async run(): Promise<void> {
    const call = this.#call;
    const { batches } = this.#session;
    const end = (): void => {
      call.end();
    };
    batches.add(end);
    call.once('close', () => batches.delete(end));
    try {
      await admit(this.#session, call.metadata);
      for await (const part of call as AsyncIterable<BatchAppendReq>) {
        await this.#session.faults.pauseOver();
        this.#take(part);
      }
      await Promise.all(this.#underWay);
      if (!call.cancelled) call.end();
    } catch (error) {
      this.#fail(error);
    } finally {
      for (const { timer } of this.#gathered.values()) clearTimeout(timer);
    }
  }

  #take(part: BatchAppendReq): void {
    const id = uuidText(part.getCorrelationId());
    const options = part.getOptions();
    try {
      if (options !== undefined && !this.#begin(id, options)) return;
      const gathered = this.#gathered.get(id);
      if (gathered === undefined) return;
      for (const message of part.getProposedMessagesList()) {
        const event = proposedEvent(message);
        gathered.events.push(event);
        gathered.bytes += countedBytes(event);
      }
      const { maxAppendBytes } = this.#session.limits;
      if (gathered.bytes > maxAppendBytes) {
        this.#refuse(id, gathered.stream, answers.tooLarge(maxAppendBytes));
      } else if (part.getIsFinal()) {
        this.#forget(id);
        this.#start(id, gathered);
      }
    } catch (error) {
      this.#refuse(id, '', answers.badRequest(asRpcError(error).details));
    }
  }

  /** Returns whether the append may go on. */
  #begin(id: string, options: BatchAppendReq.Options): boolean {
    const stream = streamName(options.getStreamIdentifier());
    if (this.#session.faults.denied.has(stream)) {
      this.#refuse(id, stream, answers.accessDenied());
      return false;
    }
    const deadline = options.getDeadline()?.toDate().getTime() ?? Infinity;
    const timeoutMs = Math.min(deadline - Date.now(), this.#session.limits.writeTimeoutMs);
    if (timeoutMs <= 0) {
      this.#refuse(id, stream, answers.timedOut());
      return false;
    }
    const timer = setTimeout(() => {
      void this.#session.faults.pauseOver().then(() => {
        if (this.#gathered.has(id)) this.#refuse(id, stream, answers.timedOut());
      });
    }, timeoutMs).unref();
    const expected = expectedRevision(options, options.getStreamPosition());
    this.#gathered.set(id, { stream, expected, events: [], timer, bytes: 0 });
    return true;
  }

  #start(id: string, gathered: Gathered): void {
    const work = this.#append(id, gathered).catch((error: unknown) => {
      this.#fail(error);
    });
    this.#underWay.add(work);
    void work.then(() => this.#underWay.delete(work));
  }

  async #append(id: string, { stream, expected, events }: Gathered): Promise<void> {
    const { streams: all, faults } = this.#session;
    if (faults.notLeader !== null) throw faults.notLeader;
    const answer = await all.append(stream, expected, events).catch(asBadRequest);
    await faults.pauseOver();
    switch (answer.kind) {
      case 'bad_request':
        this.#refuse(id, stream, answers.badRequest(answer.why));
        return;
      case 'deleted':
        this.#refuse(id, stream, answers.deleted(stream));
        return;
      case 'wrong_expected_version':
        this.#refuse(id, stream, answers.wrongVersion(expected, answer.actual));
        return;
      case 'stands':
        this.#acknowledge(id, stream, answer);
        return;
    }
  }

  #acknowledge(id: string, stream: string, answer: Extract<WriteAnswer, { kind: 'stands' }>): void {
    const lost = this.#session.faults.takeLostAnswer();
    if (lost === 'cut') this.#session.cut(this.#call.getPeer());
    if (lost !== null) return;
    const success = answers.appended(answer.revision, answer.position);
    this.#answer(id, stream, (response) => response.setSuccess(success));
  }

  #refuse(id: string, stream: string, error: Status): void {
    this.#forget(id);
    this.#answer(id, stream, (response) => response.setError(error));
  }

  #answer(id: string, stream: string, fill: (response: BatchAppendResp) => unknown): void {
    if (this.#call.cancelled) return;
    const response = new streams.BatchAppendResp()
      .setCorrelationId(uuidOf(id))
      .setStreamIdentifier(streamIdentifier(stream));
    fill(response);
    this.#call.write(response);
  }

  #forget(id: string): void {
    clearTimeout(this.#gathered.get(id)?.timer);
    this.#gathered.delete(id);
  }

  #fail(error: unknown): void {
    if (!this.#call.cancelled) this.#call.emit('error', asRpcError(error));
  }
}

function asBadRequest(error: unknown): { readonly kind: 'bad_request'; readonly why: string } {
  return { kind: 'bad_request', why: asRpcError(error).details };
}
