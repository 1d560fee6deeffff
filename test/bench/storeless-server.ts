import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { CommandBus } from '@nestjs/cqrs';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { pino, type DestinationStream } from 'pino';
import type { CommandResult } from '../../src/commands/command-executor.js';
import type { RecordUnnumberedCommand } from '../../src/commands/record-unnumbered.command.js';
import { streamOfAccount, type AccountId } from '../../src/custody/account/account-id.js';
import { AccountStockController } from '../../src/http/account-stock.controller.js';
import { CommandGateway } from '../../src/http/command-gateway.js';
import { createFastifyAdapter } from '../../src/http/fastify.js';
import { JsonLogger } from '../../src/http/json-logger.js';
import { LedgerMetrics } from '../../src/http/metrics.js';
import { ProblemFilter } from '../../src/http/problem.filter.js';
import type { RunningServer } from '../../src/http/serve.js';
import { StrictValidationPipe } from '../../src/http/validation.js';
import type { Settings } from '../../src/settings.js';

const EVENT_ID = '9069109a-673b-59ae-ad30-d5a408da4b7f';

/** Takes a command for done: nothing is decided and nothing kept. */
function answer({ account, body }: RecordUnnumberedCommand): Promise<CommandResult> {
  const { occurredAt, count, bag, seal, source } = body;
  const data = { occurredAt, documents: [], note: '', count, bag, seal, source };
  const event = { type: 'UnnumberedCardsRecorded', data, id: EVENT_ID, revision: 0n } as const;
  return Promise.resolve({
    ok: true,
    outcome: {
      stream: streamOfAccount(account as AccountId),
      revision: 0n,
      position: 1n,
      events: [event],
      isReplay: false,
    },
  });
}

@Module({
  controllers: [AccountStockController],
  providers: [
    CommandGateway,
    { provide: LedgerMetrics, useFactory: () => new LedgerMetrics() },
    { provide: CommandBus, useValue: { execute: answer } },
  ],
})
class StorelessModule {}

/** The server's own route, guard, validation, gateway and answer, with no ledger behind them. */
export async function serveStoreless(
  settings: Settings,
  logTo: DestinationStream,
): Promise<RunningServer> {
  const logger = pino({ level: settings.logLevel }, logTo);
  const app = await NestFactory.create<NestFastifyApplication>(
    StorelessModule,
    createFastifyAdapter({ logger, queryWaitMs: settings.queryWaitMs }),
    // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- Nest takes a plain object here
    { logger: new JsonLogger(logger), bodyParser: false, abortOnError: false },
  );
  app.setGlobalPrefix('api');
  app.useGlobalPipes(new StrictValidationPipe());
  app.useGlobalFilters(new ProblemFilter());
  await app.listen(settings.port, settings.host);
  const http: Server = app.getHttpServer();
  const { address, port } = http.address() as AddressInfo;
  return { url: `http://${address}:${port}`, close: () => app.close() };
}
