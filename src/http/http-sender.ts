import {
  createParamDecorator,
  Injectable,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CommandEnvelope } from '../commands/command-envelope.js';
import type { Officer } from '../custody/account/events.js';
import { parseActor } from './actor-header.js';
import { CORRELATION_ID, correlationIdOf } from './correlation.js';
import { Problem } from './problem.js';

const KEY = /^[A-Za-z0-9._:-]{1,128}$/;

/** Who sends a command over HTTP, under which key, and where the answer goes. */
export interface HttpSender {
  readonly envelope: CommandEnvelope;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

// A header sent twice arrives joined by a comma, which none of the forms allows.
function headerOf(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}

/** @throws {Problem} `actor_missing`, `actor_malformed` */
function actorOf(request: FastifyRequest): Officer {
  const text = headerOf(request, 'x-blangko-actor');
  if (text === undefined || text === '') throw new Problem('actor_missing');
  const actor = parseActor(text);
  if (actor === null) throw new Problem('actor_malformed');
  return actor;
}

function envelopeOf(request: FastifyRequest): CommandEnvelope {
  const actor = actorOf(request);
  const commandId = headerOf(request, 'idempotency-key');
  if (commandId === undefined || commandId === '') throw new Problem('idempotency_key_missing');
  if (!KEY.test(commandId)) throw new Problem('idempotency_key_malformed');
  const isForeignId = headerOf(request, CORRELATION_ID) !== undefined;
  if (isForeignId && correlationIdOf(request.raw) === null)
    throw new Problem('correlation_id_malformed');
  return { commandId, actor, capture: null, correlationId: request.id, causationId: null };
}

/** Lets a write pass only with an actor and a key, before its body is looked at. */
@Injectable()
export class SenderGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    envelopeOf(context.switchToHttp().getRequest<FastifyRequest>());
    return true;
  }
}

/** Lets through only who says who acts, where nothing is written into the books. */
@Injectable()
export class ActorGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    actorOf(context.switchToHttp().getRequest<FastifyRequest>());
    return true;
  }
}

/** Who acts, as a parameter of a controller's method. */
export const Actor = createParamDecorator((_data: unknown, context: ExecutionContext) =>
  actorOf(context.switchToHttp().getRequest<FastifyRequest>()),
);

/** The sender of a write, as a parameter of a controller's method. */
export const Sender = createParamDecorator((_data: unknown, context: ExecutionContext) => {
  const http = context.switchToHttp();
  const request = http.getRequest<FastifyRequest>();
  const sender: HttpSender = {
    envelope: envelopeOf(request),
    request,
    reply: http.getResponse<FastifyReply>(),
  };
  return sender;
});
