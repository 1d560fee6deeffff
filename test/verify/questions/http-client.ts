import { Agent, request } from 'node:http';

export interface HttpAnswer {
  readonly status: number;
  readonly text: string;
  /** For how long the server had the question, in milliseconds, by its own account. */
  readonly serverMs: number;
}

/** So many connections to a server, kept open. */
export class HttpClient {
  readonly #agent: Agent;

  constructor(
    private readonly url: string,
    readonly connections: number,
  ) {
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections });
  }

  get(path: string): Promise<HttpAnswer> {
    return this.#send('GET', path, null, {});
  }

  post(
    path: string,
    body: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<HttpAnswer> {
    return this.#send('POST', path, JSON.stringify(body), headers);
  }

  close(): void {
    this.#agent.destroy();
  }

  #send(
    method: string,
    path: string,
    body: string | null,
    more: Readonly<Record<string, string>>,
  ): Promise<HttpAnswer> {
    const headers = body === null ? more : { 'content-type': 'application/json', ...more };
    return new Promise((resolve, reject) => {
      const call = request(
        `${this.url}/api${path}`,
        { method, agent: this.#agent, headers },
        (response) => {
          const parts: Buffer[] = [];
          response.on('data', (part: Buffer) => parts.push(part));
          response.on('error', reject);
          response.on('end', () => {
            const text = Buffer.concat(parts).toString();
            const timing = /dur=([0-9.]+)/.exec(String(response.headers['server-timing']));
            resolve({ status: response.statusCode ?? 0, text, serverMs: Number(timing?.[1]) });
          });
        },
      );
      call.on('error', reject);
      call.end(body ?? undefined);
    });
  }
}
