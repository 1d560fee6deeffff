import { openEmbeddedStore } from '../../src/event-store/embedded/embedded-store.js';
import { markedAppend } from '../support/event-store-files.js';
import { say } from '../support/say.js';

/**
 * `node power-loss-writer.js FILE COMMANDS`: appends of 1 to 5 events, 1 to 6 of them under way at
 * once. Each acknowledgement is one write of `ack POSITION` to standard output, at once, so that it
 * stands in its place among the system calls.
 */
const [file = '', commands = '0'] = process.argv.slice(2);
const MOST_AT_ONCE = 6;
const store = openEmbeddedStore({ file, mode: 'writer' });

async function append(number: number): Promise<void> {
  const events = markedAppend(1 + (number % 5));
  const { position } = await store.append(`custody-${number}`, 'no_stream', events);
  say(`ack ${position}`);
}

for (let done = 0; done < Number(commands);) {
  const group = Math.min(1 + (done % MOST_AT_ONCE), Number(commands) - done);
  await Promise.all(Array.from({ length: group }, (_, offset) => append(done + offset)));
  done += group;
}
await store.close();
