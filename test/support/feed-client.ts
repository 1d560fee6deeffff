import { request, type ClientRequest, type IncomingMessage } from 'node:http';

export interface FeedMessage {
  readonly id: string;
  readonly event: string;
  readonly data: string;
}

/** One connection to the feed, as a browser reads it: what has no blank line behind it was not received. */
export class FeedClient {
  readonly messages: FeedMessage[] = [];
  /** Of the last message or heartbeat; what the next connection goes on behind. */
  lastEventId: string | null;
  /** Resolves with the status once it has answered. */
  readonly answered: Promise<number>;
  /** Resolves when the connection is over. */
  readonly ended: Promise<void>;
  isOver = false;
  /** Whether it ended in order. */
  isWhole = false;
  #rest = '';
  readonly #outgoing: ClientRequest;
  #wake: () => void = () => undefined;

  /** @param url of the feed, with its query */
  constructor(url: string, lastEventId: string | null = null) {
    this.lastEventId = lastEventId;
    const headers = lastEventId === null ? {} : { 'last-event-id': lastEventId };
    this.#outgoing = request(url, { headers: { accept: 'text/event-stream', ...headers } });
    let answered: (status: number) => void = () => undefined;
    this.answered = new Promise((resolve) => (answered = resolve));
    this.ended = new Promise((resolve) => {
      this.#outgoing.on('response', (incoming) => {
        answered(incoming.statusCode ?? 0);
        this.#read(incoming);
      });
      this.#outgoing
        .on('error', () => undefined)
        .on('close', () => {
          this.isOver = true;
          resolve();
        });
    });
    this.#outgoing.end();
  }

  /** Resolves when so many messages have come, or the connection is over. */
  async until(count: number): Promise<void> {
    void this.ended.then(() => {
      this.#wake();
    });
    while (this.messages.length < count && !this.isOver)
      await new Promise<void>((resolve) => (this.#wake = resolve));
  }

  /** The connection is cut, whatever is under way. */
  async kill(): Promise<void> {
    this.#outgoing.destroy();
    await this.ended;
  }

  #read(incoming: IncomingMessage): void {
    incoming.setEncoding('utf8');
    incoming.on('data', (text: string) => {
      this.#take(text);
      this.#wake();
    });
    incoming.on('end', () => (this.isWhole = true)).on('error', () => undefined);
  }

  #take(text: string): void {
    const blocks = (this.#rest + text).split('\n\n');
    this.#rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const fields = new Map(
        block.split('\n').map((line) => {
          const colon = line.indexOf(': ');
          return [line.slice(0, colon), line.slice(colon + 2)] as const;
        }),
      );
      const id = fields.get('id') ?? '';
      if (id !== '') this.lastEventId = id;
      const data = fields.get('data');
      if (data !== undefined) this.messages.push({ id, event: fields.get('event') ?? '', data });
    }
  }
}
