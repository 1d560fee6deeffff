import 'reflect-metadata';
import { serve } from '../../src/http/serve.js';
import { readSettings } from '../../src/settings.js';
import { serveStoreless } from './storeless-server.js';

/**
 * A server in a process of its own: `bench-server.js ledger|storeless`, set by the environment as the
 * real one. Tells its parent the URL it listens at, then answers every message with its memory, and
 * closes when the parent lets go. Its log lines are written as ever, but kept nowhere.
 */
const settings = readSettings(process.env);
const logTo = { write: () => undefined };
const server =
  process.argv[2] === 'storeless'
    ? await serveStoreless(settings, logTo)
    : await serve(settings, { logTo });

process.on('message', () => {
  process.send?.({ rssBytes: process.memoryUsage.rss() });
});
process.once('disconnect', () => {
  void server.close();
});
process.send?.({ url: server.url });
