import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { pino, type DestinationStream, type Logger } from 'pino';
import { AppModule } from '../app.module.js';
import type { LedgerOptions } from '../ledger.module.js';
import { SettingsError, type Settings } from '../settings.js';
import { createFastifyAdapter } from './fastify.js';
import { JsonLogger } from './json-logger.js';
import { isLoopbackName } from './loopback.js';
import { LedgerMetrics } from './metrics.js';
import { serveOpenApi } from './open-api.js';
import { ProblemFilter } from './problem.filter.js';
import { StrictValidationPipe } from './validation.js';

/** Requests under way at a signal to stop may take this long, in milliseconds: longer than any command. */
const DRAIN_TIMEOUT_MS = 8_500;
/** After so long what has not closed is given up. */
const GIVE_UP_MS = 9_300;
/** What still keeps the process alive once all is closed, such as looking for a node, has so long to end. */
const LINGER_MS = 200;
/** How often connections that have become idle meanwhile are looked for. */
const IDLE_CHECK_MS = 50;
const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

export interface ServeOptions extends Pick<LedgerOptions, 'clock' | 'maxFileBytes'> {
  readonly onListening?: (url: string) => void;
  /** Where log lines go. Default: standard output. */
  readonly logTo?: DestinationStream;
}

export interface RunningServer {
  /** Without a path: `http://127.0.0.1:3000`. */
  readonly url: string;
  /** Takes no new requests, lets those under way finish, then closes the ledger. */
  close(): Promise<void>;
}

/**
 * Opens the ledger and serves it. SIGTERM and SIGINT close it, and end the process, within 10 seconds; with
 * exit code 1 when a part of it had to be given up.
 * @throws {SettingsError} HOST is not of this machine: whoever may connect may act as anybody; PORT is taken
 * @throws whatever keeps the ledger from opening, e.g. {WriterLocked}
 */
export async function serve(
  settings: Settings,
  options: ServeOptions = {},
): Promise<RunningServer> {
  if (!isLoopbackName(settings.host)) {
    const why = `must be a loopback address such as 127.0.0.1, not "${settings.host}"`;
    throw new SettingsError('HOST', `${why}: writers are not authenticated yet`);
  }
  const logger = pino({ level: settings.logLevel }, options.logTo);
  const closing = new Set<string>();
  const app = await createApp(settings, { ...options, closing }, logger);
  try {
    await app.listen(settings.port, settings.host);
  } catch (error) {
    await app.close();
    throw listenFault(error, settings);
  }
  const server = runningServer(app, logger, closing);
  options.onListening?.(server.url);
  return server;
}

/** What is wrong with the address, where it is the address. */
function listenFault(error: unknown, { host, port }: Settings): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE')
    return new SettingsError(
      'PORT',
      `${port} of ${host} is taken by another process; set another port, or 0 for any free one`,
    );
  if (code === 'EACCES')
    return new SettingsError('PORT', `${port} of ${host} may not be used; set one above 1023`);
  return error;
}

async function createApp(
  settings: Settings,
  { clock, maxFileBytes, closing }: ServeOptions & Pick<LedgerOptions, 'closing'>,
  logger: Logger,
): Promise<NestFastifyApplication> {
  const metrics = new LedgerMetrics();
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.forRoot(settings, {
      metrics,
      ...(clock === undefined ? {} : { clock }),
      ...(maxFileBytes === undefined ? {} : { maxFileBytes }),
      ...(closing === undefined ? {} : { closing }),
      onLost: (why) => {
        metrics.subscriptionLost();
        logger.warn({ why: messageOf(why) }, 'a subscription to the event store was lost');
      },
      onForeign: (file) => {
        logger.warn({ file }, 'the read models were of another log: they are made anew');
      },
      onHalt: (projection, halt) => {
        logger.error({ projection, halt }, 'a projection has halted');
      },
    }),
    createFastifyAdapter({ logger, queryWaitMs: settings.queryWaitMs }),
    // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- Nest takes a plain object here
    { logger: new JsonLogger(logger), bodyParser: false, abortOnError: false },
  );
  app.setGlobalPrefix('api');
  app.useGlobalPipes(new StrictValidationPipe());
  app.useGlobalFilters(new ProblemFilter());
  serveOpenApi(app);
  return app;
}

function messageOf(why: unknown): string {
  return why instanceof Error ? why.message : String(why);
}

function runningServer(
  app: NestFastifyApplication,
  logger: Logger,
  closingParts: ReadonlySet<string>,
): RunningServer {
  const http: Server = app.getHttpServer();
  const { address, port, family } = http.address() as AddressInfo;
  let closing: Promise<void> | undefined;
  const stop = (signal: NodeJS.Signals): void => {
    logger.info({ signal }, 'stopping');
    void end();
  };
  const end = async (): Promise<void> => {
    const isClosed = await Promise.race([
      close().then(() => true),
      delay(GIVE_UP_MS, false, { ref: false }),
    ]);
    if (!isClosed) {
      const parts = closingParts.size === 0 ? ['requests'] : [...closingParts];
      logger.error({ parts }, 'stopping took too long: given up');
      process.exit(1);
    }
    setTimeout(() => process.exit(), LINGER_MS).unref();
  };
  const close = (): Promise<void> => {
    for (const signal of SIGNALS) process.off(signal, stop);
    closing ??= drain(app, http);
    return closing;
  };
  for (const signal of SIGNALS) process.on(signal, stop);
  return { url: `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`, close };
}

/**
 * Each connection is closed once it has no request under way: one that was answered after the server
 * closed would otherwise be kept for a next request. Those that outlast the time given are cut, so
 * that the ledger itself closes in order.
 */
async function drain(app: NestFastifyApplication, http: Server): Promise<void> {
  const timer = setTimeout(() => {
    http.closeAllConnections();
  }, DRAIN_TIMEOUT_MS);
  const idle = setInterval(() => {
    http.closeIdleConnections();
  }, IDLE_CHECK_MS);
  try {
    await app.close();
  } finally {
    clearTimeout(timer);
    clearInterval(idle);
  }
}
