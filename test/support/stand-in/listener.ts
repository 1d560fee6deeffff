import { once } from 'node:events';
import { createServer, type AddressInfo, type Server as SocketServer, type Socket } from 'node:net';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import type { ServerIdentity } from './certificate.js';

export const HOST = '127.0.0.1';

/** The largest message taken, in bytes: an event of 16 MiB, and what is around it. */
const MAX_MESSAGE_BYTES = 17 * 1024 * 1024;

/**
 * A grpc server behind a socket server of our own, so that a connection can end without a farewell.
 * It keeps no process alive.
 */
export class Listener {
  readonly #grpc: Server;
  readonly #server: SocketServer;
  readonly #sockets = new Map<string, Socket>();

  private constructor(grpc: Server, credentials: ServerCredentials) {
    this.#grpc = grpc;
    const injector = grpc.createConnectionInjector(credentials);
    this.#server = createServer((socket) => {
      const peer = `${socket.remoteAddress ?? ''}:${socket.remotePort ?? 0}`;
      this.#sockets.set(peer, socket);
      socket.once('close', () => this.#sockets.delete(peer));
      socket.unref();
      injector.injectConnection(socket);
    }).unref();
  }

  /** @param port 0 for a free one; @param identity for TLS */
  static async open(
    port: number,
    serve: (grpc: Server) => void,
    identity?: ServerIdentity,
  ): Promise<Listener> {
    const grpc = new Server({ 'grpc.max_receive_message_length': MAX_MESSAGE_BYTES });
    serve(grpc);
    const listener = new Listener(grpc, credentialsOf(identity));
    listener.#server.listen(port, HOST);
    await once(listener.#server, 'listening');
    return listener;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Destroys one connection. @param peer `address:port` of its other end */
  cut(peer: string): void {
    this.#sockets.get(peer)?.destroy();
  }

  /** Destroys every connection at once and takes no more. */
  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#sockets.values()) socket.destroy();
    await closed;
    this.#grpc.forceShutdown();
  }
}

function credentialsOf(identity: ServerIdentity | undefined): ServerCredentials {
  if (identity === undefined) return ServerCredentials.createInsecure();
  const private_key = Buffer.from(identity.key);
  const cert_chain = Buffer.from(identity.certificate);
  return ServerCredentials.createSsl(null, [{ private_key, cert_chain }]);
}
