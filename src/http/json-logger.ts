import type { LoggerService } from '@nestjs/common';
import type { Logger } from 'pino';

/** Under these names Nest repeats what it throws while it makes the server or opens its port. */
const STARTING: ReadonlySet<unknown> = new Set(['ExceptionHandler', 'NestApplication']);

/** Sends what Nest itself has to say to the log of the server. */
export class JsonLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...rest: readonly unknown[]): void {
    this.logger.debug(contextOf(rest), textOf(message));
  }

  warn(message: unknown, ...rest: readonly unknown[]): void {
    this.logger.warn(contextOf(rest), textOf(message));
  }

  /** What keeps the server from starting is thrown as well, and told by whoever started it. */
  error(message: unknown, ...rest: readonly unknown[]): void {
    if (STARTING.has(rest.at(-1))) return;
    this.logger.error(contextOf(rest), textOf(message));
  }

  fatal(message: unknown, ...rest: readonly unknown[]): void {
    this.logger.fatal(contextOf(rest), textOf(message));
  }
}

function contextOf(rest: readonly unknown[]): object {
  const context = rest.at(-1);
  return typeof context === 'string' ? { context } : {};
}

function textOf(message: unknown): string {
  return message instanceof Error ? message.message : String(message);
}
