import { closeSync, fdatasyncSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { encodeAppend, type AppendRequest } from '../../src/event-store/codec/append-request.js';
import { eventText } from '../../src/event-store/embedded/commit-row.js';
import type { EventToAppend } from '../../src/event-store/event-store.js';
import { StreamRevisions, type AppendTarget } from './append-target.js';

export const HAND_WRITTEN_LOG = 'hand-written log';

const FILE_BYTES = 128 * 1024 * 1024;
const CHUNK_BYTES = 1024 * 1024;
const MAX_BATCH = 256;

interface Waiting {
  readonly text: string;
  readonly resolve: () => void;
}

/**
 * The limit of the disk and of the encoding: a file written full of zeros before, then one write and
 * one fdatasync for all that arrived in a turn of the event loop. It is given the same checked canonical
 * JSON to make as the store, and nothing else: no revisions, hashes, index or table.
 */
export class HandWrittenLog implements AppendTarget {
  readonly name = HAND_WRITTEN_LOG;
  readonly revisions = new StreamRevisions();
  readonly #descriptor: number;
  #offset = 0;
  #waiting: Waiting[] = [];
  #scheduled = false;

  constructor(file: string) {
    this.#descriptor = openSync(file, 'w');
    const zeros = Buffer.alloc(CHUNK_BYTES);
    for (let at = 0; at < FILE_BYTES; at += CHUNK_BYTES)
      writeSync(this.#descriptor, zeros, 0, CHUNK_BYTES, at);
    fsyncSync(this.#descriptor);
  }

  append(stream: string, _revision: number, event: EventToAppend): Promise<void> {
    const text = textOf(encodeAppend(stream, [event]));
    return new Promise((resolve) => {
      this.#waiting.push({ text, resolve });
      this.#schedule();
    });
  }

  close(): Promise<void> {
    closeSync(this.#descriptor);
    return Promise.resolve();
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#write();
      if (this.#waiting.length > 0) this.#schedule();
    });
  }

  #write(): void {
    const batch = this.#waiting.splice(0, MAX_BATCH);
    const bytes = Buffer.from(batch.map(({ text }) => text).join('\n'));
    // Round again over what is written already: the file never grows, so neither does its metadata.
    if (this.#offset + bytes.length > FILE_BYTES) this.#offset = 0;
    writeSync(this.#descriptor, bytes, 0, bytes.length, this.#offset);
    fdatasyncSync(this.#descriptor);
    this.#offset += bytes.length;
    for (const { resolve } of batch) resolve();
  }
}

function textOf({ events }: AppendRequest): string {
  return events.map(eventText).join('\n');
}
