import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/**
 * `before_commit`: the connection ends when its client commits, and the server never hears of it;
 * `after_commit`: the server commits, and the connection ends instead of its answer;
 * `silent`: nothing comes through, and nothing ends.
 */
export type Cut = 'none' | 'before_commit' | 'after_commit' | 'silent';

/** As it stands in a message of its own, with the byte that ends it; not as in READ COMMITTED. */
const COMMIT = 'COMMIT\0';

/** Stands between PostgreSQL and its clients, and spoils their connections as it is told. */
export class CuttingProxy {
  cut: Cut = 'none';
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;

  private constructor(private readonly to: string) {
    this.#server = createServer((client) => {
      this.#join(client);
    });
  }

  /** @param at path of the socket it listens at @param to path of the server's */
  static async start(at: string, to: string): Promise<CuttingProxy> {
    const proxy = new CuttingProxy(to);
    proxy.#server.listen(at);
    await once(proxy.#server, 'listening');
    return proxy;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #join(client: Socket): void {
    const server = connect(this.to);
    const end = (): void => {
      client.destroy();
      server.destroy();
    };
    let isAnswerLost = false;
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.on('error', end);
      socket.on('close', end);
    }
    client.on('data', (chunk) => {
      const isCommit = chunk.includes(COMMIT);
      if (isCommit && this.cut === 'before_commit') end();
      if (isCommit && this.cut === 'after_commit') isAnswerLost = true;
      if (this.cut !== 'silent') server.write(chunk);
    });
    server.on('data', (chunk) => {
      if (isAnswerLost) end();
      else if (this.cut !== 'silent') client.write(chunk);
    });
  }
}
