import type { ExpectedRevision } from '../../src/event-store/event-store.js';
import { openEmbeddedStore } from '../../src/event-store/embedded/embedded-store.js';
import { markedAppend } from './event-store-files.js';
import { say } from './say.js';

/**
 * A process that tests kill: `node event-store-writer.js FILE WRITERS`. Each writer appends 1 to 5
 * events at a time to a stream of its own, for ever. Prints `ready`, then for each acknowledged append
 * `STREAM REVISION ID,ID…`, written synchronously: what was acknowledged was said. Prints `refused
 * NAME` and ends when an append fails.
 */
const [file = '', writers = '8'] = process.argv.slice(2);
const store = openEmbeddedStore({ file, mode: 'writer' });

async function lastRevision(stream: string): Promise<ExpectedRevision> {
  for await (const [event] of store.readStream(stream, { direction: 'backwards', max: 1 })) {
    if (event !== undefined) return event.revision;
  }
  return 'no_stream';
}

async function write(writer: number): Promise<void> {
  const stream = `custody-31.${writer}`;
  let expected = await lastRevision(stream);
  for (let round = 0; ; round++) {
    const events = markedAppend(1 + ((writer + round) % 5), 'x'.repeat(700));
    expected = (await store.append(stream, expected, events)).revision;
    say(`${stream} ${expected} ${events.map(({ id }) => id).join(',')}`);
  }
}

say('ready');
try {
  await Promise.all(Array.from({ length: Number(writers) }, (_, writer) => write(writer)));
} catch (error) {
  say(`refused ${error instanceof Error ? error.name : String(error)}`);
  await store.close();
}
