import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** What becomes of the bytes of every connection, new ones too. */
export type Weather =
  | { readonly kind: 'clear' }
  /** Each piece comes so many milliseconds late, in order. */
  | { readonly kind: 'slow'; readonly ms: number }
  /** What the server says is lost; it hears everything. */
  | { readonly kind: 'half_open' }
  /** Connections stand, and nothing passes. */
  | { readonly kind: 'silent' };

const HOST = '127.0.0.1';

/** Between clients and a server on this machine, as a network would be. */
export class TcpProxy {
  readonly #server: Server;
  readonly #target: () => number;
  readonly #pairs = new Set<Pair>();
  #weather: Weather = { kind: 'clear' };

  private constructor(target: () => number) {
    this.#target = target;
    this.#server = createServer((client) => {
      this.#pairs.add(new Pair(client, this.#target(), () => this.#weather, this.#pairs));
    });
  }

  /** @param target port of the server, asked for at each connection */
  static async start(target: () => number): Promise<TcpProxy> {
    const proxy = new TcpProxy(target);
    proxy.#server.listen(0, HOST);
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get connections(): number {
    return this.#pairs.size;
  }

  /** What was held back while it was silent passes once it is clear. */
  become(weather: Weather): void {
    this.#weather = weather;
    if (weather.kind === 'clear') for (const pair of this.#pairs) pair.release();
  }

  /** Breaks every connection there is, as a reset does. */
  cut(): void {
    for (const pair of [...this.#pairs]) pair.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

/** One connection of a client, and the one it stands for. */
class Pair {
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #held: (() => void)[] = [];

  constructor(
    client: Socket,
    port: number,
    private readonly weather: () => Weather,
    private readonly pairs: Set<Pair>,
  ) {
    this.#client = client;
    this.#server = connect({ port, host: HOST, noDelay: true });
    client.setNoDelay(true);
    this.#pass(client, this.#server, 'to_server');
    this.#pass(this.#server, client, 'to_client');
  }

  release(): void {
    for (const pass of this.#held.splice(0)) pass();
  }

  destroy(): void {
    this.pairs.delete(this);
    this.#client.resetAndDestroy();
    this.#server.resetAndDestroy();
  }

  #pass(from: Socket, to: Socket, way: 'to_server' | 'to_client'): void {
    let last = Promise.resolve();
    from.on('data', (bytes: Buffer) => {
      const weather = this.weather();
      const write = (): void => {
        if (!to.destroyed) to.write(bytes);
      };
      if (weather.kind === 'half_open' && way === 'to_client') return;
      if (weather.kind === 'silent') {
        this.#held.push(write);
        return;
      }
      if (weather.kind !== 'slow') {
        // Behind what is late yet.
        void last.then(write);
        return;
      }
      const due = new Promise<void>((resolve) => setTimeout(resolve, weather.ms));
      last = last.then(() => due).then(write);
    });
    const end = (): void => {
      this.destroy();
    };
    from.on('error', end).on('close', end);
  }
}
