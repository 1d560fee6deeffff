import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

export interface Received {
  readonly eventId: string;
  readonly delivery: string;
  readonly signature: string;
  readonly body: string;
  readonly event: {
    readonly id: string;
    readonly position: string;
    readonly stream: string;
    readonly type: string;
  };
}

/** Somebody else's server on this machine, that may be down, refuse or say nothing. */
export class WebhookReceiver {
  /** What was taken, and how often. */
  readonly taken: Received[] = [];
  /** All that came, taken or not. */
  attempts = 0;
  /** The status of an answer; null for none. */
  answer: (received: Received) => number | null = () => 204;
  readonly headers: Record<string, string> = {};
  #server: Server | null = null;
  #port = 0;

  /** Its address stays the same when it is started again. */
  async start(): Promise<void> {
    this.#server = createServer((request, response) => void this.#take(request, response));
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    if (server === null) return;
    this.#server = null;
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/hook?who=gudang`;
  }

  /** Waits until so many different events were taken. */
  async until(events: number): Promise<void> {
    while (this.ids.size < events) await delay(10);
  }

  get ids(): ReadonlySet<string> {
    return new Set(this.taken.map(({ eventId }) => eventId));
  }

  /** Positions of what was taken, by account, each event the first time it came. */
  get inOrder(): ReadonlyMap<string, readonly number[]> {
    const first = new Map(this.taken.toReversed().map((it) => [it.eventId, it]));
    const ordered = this.taken.filter((it) => first.get(it.eventId) === it);
    return new Map(
      [...Map.groupBy(ordered, ({ event }) => event.stream)].map(([stream, those]) => [
        stream,
        those.map(({ event }) => Number(event.position)),
      ]),
    );
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString('utf8');
    const header = (name: string): string => String(request.headers[name]);
    const received: Received = {
      eventId: header('blangko-event-id'),
      delivery: header('blangko-delivery'),
      signature: header('blangko-signature'),
      body,
      event: JSON.parse(body) as Received['event'],
    };
    this.attempts++;
    const status = this.answer(received);
    if (status === null) return;
    if (status < 300) this.taken.push(received);
    response.writeHead(status, this.headers).end('what it says matters to nobody');
  }
}

/** As docs/reference/webhooks.md shows it. */
export function isSigned(secret: string, { signature, body }: Received): boolean {
  const [, seconds = '', digest = ''] = /^t=([0-9]+),v1=([0-9a-f]{64})$/.exec(signature) ?? [];
  const expected = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex');
  return digest === expected && Math.abs(Date.now() / 1_000 - Number(seconds)) < 300;
}
