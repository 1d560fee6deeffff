/**
 * Where the events of each stream stand in the log, in memory.
 *
 * Positions and revisions are counted without gaps inside this engine, so a run of events that
 * follow each other both in a stream and in the log is one entry: [first revision, first position],
 * two 32-bit words. Entries of a stream stand in blocks of doubling size, linked newest to oldest,
 * cut from shared chunks of 1 MiB: at most 16 bytes an event (8, and up to 8 of room to grow), 24 a
 * stream, and the names.
 */
export interface StreamRun {
  /** Revision of the run's first event. */
  readonly revision: number;
  /** Position of the run's first event. */
  readonly position: number;
  readonly count: number;
}

const CHUNK_WORDS = 1 << 18;
const HEADER_WORDS = 2;
const ENTRY_WORDS = 2;
const FIRST_BLOCK_ENTRIES = 2;
// Larger blocks would waste more room in a half-filled last one; smaller ones lengthen the walk
// to an old revision (7M lone events of one stream are 1,700 blocks, some 20 µs).
const MAX_BLOCK_ENTRIES = 4096;
/** An entry's words are unsigned 32-bit. */
export const MAX_POSITION = 0xffff_ffff;

export class StreamIndex {
  readonly #ids = new Map<string, number>();
  readonly #chunks: Uint32Array[] = [];
  #freeWord = 0;
  /** By stream id: the newest block's word offset, its entries in use, the stream's last revision. */
  #tailBlock = new Uint32Array(1024);
  #tailEntries = new Uint32Array(1024);
  #lastRevision = new Uint32Array(1024);

  get streams(): number {
    return this.#ids.size;
  }

  /** Memory held for entries, in bytes; the names come on top. */
  get bytes(): number {
    return this.#chunks.length * CHUNK_WORDS * 4 + this.#tailBlock.byteLength * 3;
  }

  /** The stream's last revision, or −1 when it has no events. O(1). */
  lastRevision(stream: string): number {
    const id = this.#ids.get(stream);
    return id === undefined ? -1 : (this.#lastRevision[id] ?? -1);
  }

  /** Records that `count` events from `position` on continue `stream`. O(1) amortised. */
  add(stream: string, position: number, count: number): void {
    const last = position + count - 1;
    if (last > MAX_POSITION) throw new RangeError(`position ${last} does not fit the index`);
    const id = this.#ids.get(stream);
    if (id === undefined) {
      this.#addStream(stream, position, count);
      return;
    }
    const tail = this.#lastRevision[id] ?? 0;
    let block = this.#tailBlock[id] ?? 0;
    let entries = this.#tailEntries[id] ?? 0;
    const revision = tail + 1;
    this.#lastRevision[id] = tail + count;
    const newest = this.#entryWord(block, entries - 1);
    const run = revision - this.#word(newest);
    if (this.#word(newest + 1) + run === position) return;
    const capacity = this.#word(block + 1);
    if (entries === capacity) {
      block = this.#newBlock(block, Math.min(capacity * 2, MAX_BLOCK_ENTRIES));
      entries = 0;
      this.#tailBlock[id] = block;
    }
    this.#setEntry(block, entries, revision, position);
    this.#tailEntries[id] = entries + 1;
  }

  /** The run that holds a revision the stream has. O(log n), plus n / 4096 for old revisions. */
  runAt(stream: string, revision: number): StreamRun {
    const id = this.#ids.get(stream);
    const last = this.lastRevision(stream);
    if (id === undefined || revision < 0 || revision > last) {
      throw new RangeError(`stream ${stream} has no revision ${revision}`);
    }
    let block = this.#tailBlock[id] ?? 0;
    let entries = this.#tailEntries[id] ?? 0;
    let nextRevision = last + 1;
    while (this.#word(this.#entryWord(block, 0)) > revision) {
      nextRevision = this.#word(this.#entryWord(block, 0));
      block = this.#word(block);
      entries = this.#word(block + 1);
    }
    let low = 0;
    let high = entries;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (this.#word(this.#entryWord(block, middle)) > revision) high = middle;
      else low = middle;
    }
    const word = this.#entryWord(block, low);
    if (low + 1 < entries) nextRevision = this.#word(word + ENTRY_WORDS);
    const first = this.#word(word);
    return { revision: first, position: this.#word(word + 1), count: nextRevision - first };
  }

  /** Position of one event the stream has. */
  positionOf(stream: string, revision: number): number {
    const run = this.runAt(stream, revision);
    return run.position + (revision - run.revision);
  }

  #addStream(stream: string, position: number, count: number): void {
    const id = this.#ids.size;
    if (id === this.#tailBlock.length) {
      this.#tailBlock = grown(this.#tailBlock);
      this.#tailEntries = grown(this.#tailEntries);
      this.#lastRevision = grown(this.#lastRevision);
    }
    const block = this.#newBlock(0, FIRST_BLOCK_ENTRIES);
    this.#setEntry(block, 0, 0, position);
    this.#tailBlock[id] = block;
    this.#tailEntries[id] = 1;
    this.#lastRevision[id] = count - 1;
    this.#ids.set(stream, id);
  }

  #newBlock(previous: number, entries: number): number {
    const words = HEADER_WORDS + entries * ENTRY_WORDS;
    const used = this.#freeWord % CHUNK_WORDS;
    if (this.#chunks.length === 0 || used + words > CHUNK_WORDS || used === 0) {
      this.#freeWord = this.#chunks.length * CHUNK_WORDS;
      this.#chunks.push(new Uint32Array(CHUNK_WORDS));
    }
    const block = this.#freeWord;
    this.#freeWord += words;
    this.#setWord(block, previous);
    this.#setWord(block + 1, entries);
    return block;
  }

  #entryWord(block: number, entry: number): number {
    return block + HEADER_WORDS + entry * ENTRY_WORDS;
  }

  #setEntry(block: number, entry: number, revision: number, position: number): void {
    const word = this.#entryWord(block, entry);
    this.#setWord(word, revision);
    this.#setWord(word + 1, position);
  }

  #word(offset: number): number {
    return this.#chunks[Math.floor(offset / CHUNK_WORDS)]?.[offset % CHUNK_WORDS] ?? 0;
  }

  #setWord(offset: number, value: number): void {
    const chunk = this.#chunks[Math.floor(offset / CHUNK_WORDS)];
    if (chunk !== undefined) chunk[offset % CHUNK_WORDS] = value;
  }
}

function grown(array: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(array.length * 2);
  larger.set(array);
  return larger;
}
