import { Injectable } from '@nestjs/common';
import { CommandBus, type Command } from '@nestjs/cqrs';
import type { CommandOutcome, CommandResult } from '../commands/command-executor.js';
import { accountOfStream } from '../custody/account/account-id.js';
import type { Rejection } from '../custody/rejection.js';
import type { HttpSender } from './http-sender.js';
import { LedgerMetrics } from './metrics.js';
import { Problem, type ProblemError } from './problem.js';

/** What a write answers: the same for every retry. Revisions and positions are decimal strings. */
export interface WriteAnswer {
  readonly stream: string;
  readonly account?: string;
  readonly revision: string;
  readonly position: string;
  readonly events: readonly {
    readonly id: string;
    readonly type: string;
    readonly revision: string;
  }[];
  readonly shipmentId?: string;
}

/** Takes commands from HTTP to the bus, and what came of them back. */
@Injectable()
export class CommandGateway {
  /** Routes and keys of commands being carried out. */
  private readonly inFlight = new Set<string>();

  constructor(
    private readonly bus: CommandBus,
    private readonly metrics: LedgerMetrics,
  ) {}

  /** @throws {Problem} the refusal, or `idempotency_key_in_flight` */
  async send(sender: HttpSender, command: Command<CommandResult>): Promise<WriteAnswer> {
    const { request, envelope } = sender;
    const name = command.constructor.name.replace(/Command$/, '');
    const key = `${request.url} ${envelope.commandId}`;
    if (this.inFlight.has(key)) {
      this.metrics.commanded(name, 'idempotency_key_in_flight');
      throw new Problem('idempotency_key_in_flight', { retryAfterSeconds: 1 });
    }
    this.inFlight.add(key);
    try {
      return this.answer(sender, name, await this.bus.execute(command));
    } catch (error) {
      if (!(error instanceof Problem)) this.failed(name);
      throw error;
    } finally {
      this.inFlight.delete(key);
    }
  }

  private failed(name: string): void {
    this.metrics.commanded(name, 'fault');
    this.metrics.appendFailed();
  }

  private answer({ reply }: HttpSender, name: string, result: CommandResult): WriteAnswer {
    if (!result.ok) {
      this.metrics.commanded(name, result.rejection.code);
      throw refused(result.rejection);
    }
    const { isReplay } = result.outcome;
    this.metrics.commanded(name, isReplay ? 'replayed' : 'accepted');
    if (isReplay) void reply.header('Idempotent-Replayed', 'true');
    const answer = answerOf(result.outcome);
    const location = locationOf(result.outcome, answer.shipmentId);
    if (location !== null) void reply.header('Location', location);
    return answer;
  }
}

function refused({ code, message, pointer, serials, details }: Rejection): Problem {
  const reason = typeof details?.['reason'] === 'string' ? details['reason'] : message;
  return new Problem(code, {
    detail: message,
    errors: pointer === undefined ? undefined : [placed(pointer, reason)],
    serials,
    facts: details,
  });
}

/** A command's parameters in the path have no place in its body. */
function placed(pointer: string, detail: string): ProblemError {
  return pointer === '' ? { in: 'path', detail } : { pointer, detail };
}

function answerOf({ stream, revision, position, events }: CommandOutcome): WriteAnswer {
  const account = accountOfStream(stream);
  const shipmentId = events.map(sentBy).find((id) => id !== null);
  return {
    stream,
    ...(account === null ? {} : { account }),
    revision: String(revision),
    position: String(position),
    events: events.map((event) => ({
      id: event.id,
      type: event.type,
      revision: String(event.revision),
    })),
    ...(shipmentId === undefined ? {} : { shipmentId }),
  };
}

function sentBy(event: CommandOutcome['events'][number]): string | null {
  if (event.type === 'ShipmentDispatched') return event.data.shipmentId;
  if (event.type === 'ShipmentRefused') return event.data.newShipmentId;
  return event.type === 'CardSurrendered' ? event.data.shipmentId : null;
}

function locationOf({ events, stream }: CommandOutcome, shipmentId?: string): string | null {
  if (shipmentId !== undefined) return `/api/shipments/${encodeURIComponent(shipmentId)}`;
  if (events[0]?.type !== 'BatchProcured') return null;
  return `/api/batches/${encodeURIComponent(stream.slice('custody-B.'.length))}`;
}
