import { dirname } from 'node:path';
import type { SystemCall } from './system-calls.js';

type Change = Extract<SystemCall, { kind: 'write' | 'truncate' }>;
type Naming = Extract<SystemCall, { kind: 'create' | 'unlink' }>;

const SECTOR = 512;

/** The contents of one file. */
class Contents {
  #bytes = Buffer.alloc(1 << 16);
  #size = 0;

  apply(change: Change): void {
    if (change.kind === 'truncate') {
      this.#reach(change.size);
      this.#bytes.fill(0, Math.min(change.size, this.#size), Math.max(change.size, this.#size));
      this.#size = change.size;
      return;
    }
    this.write(change.offset, change.data);
  }

  write(offset: number, data: Buffer): void {
    this.#reach(offset + data.length);
    data.copy(this.#bytes, offset);
    this.#size = Math.max(this.#size, offset + data.length);
  }

  copy(): Contents {
    const other = new Contents();
    other.write(0, this.bytes());
    return other;
  }

  bytes(): Buffer {
    return this.#bytes.subarray(0, this.#size);
  }

  #reach(size: number): void {
    if (size <= this.#bytes.length) return;
    const larger = Buffer.alloc(size * 2);
    this.#bytes.copy(larger, 0, 0, this.#size);
    this.#bytes = larger;
  }
}

interface File {
  readonly synced: Contents;
  /** What was done to it since its last fsync began. */
  pending: Change[];
}

/**
 * A disk that holds for certain only what was synced: of a file its contents up to its last fsync, of
 * a folder the names in it up to the folder's last fsync.
 */
export class DiskModel {
  readonly #files = new Map<string, File>();
  readonly #durableNames = new Map<string, File>();
  #namings: (Naming & { readonly file: File | undefined; readonly at: number })[] = [];
  #syncs = 0;
  #at = 0;

  get syncs(): number {
    return this.#syncs;
  }

  do(call: SystemCall): void {
    this.#at++;
    switch (call.kind) {
      case 'create': {
        if (this.#files.has(call.path)) return;
        const file: File = { synced: new Contents(), pending: [] };
        this.#files.set(call.path, file);
        this.#namings.push({ ...call, file, at: this.#at });
        return;
      }
      case 'unlink':
        this.#files.delete(call.path);
        this.#namings.push({ ...call, file: undefined, at: this.#at });
        return;
      case 'write':
      case 'truncate':
        this.#fileAt(call.path).pending.push(call);
        return;
      case 'sync':
        this.#sync(call.path, call.began);
        return;
      case 'acknowledge':
        return;
    }
  }

  /** The files after a power loss that took everything that was not synced. */
  afterLoss(): ReadonlyMap<string, Buffer> {
    return new Map([...this.#durableNames].map(([path, { synced }]) => [path, synced.bytes()]));
  }

  /**
   * The files after a power loss at which any part of what was not synced had reached the disk, in
   * any order: each change or not, and of a write each sector or not.
   */
  afterDisorder(random: () => number): ReadonlyMap<string, Buffer> {
    const names = new Map(this.#durableNames);
    // A folder's changes are journalled by the file system: they come in order.
    for (const naming of this.#namings.slice(0, Math.floor(random() * (this.#namings.length + 1))))
      applyNaming(names, naming);
    return new Map(
      [...names].map(([path, { synced, pending }]) => {
        const contents = pending.length === 0 ? synced : synced.copy();
        for (const change of pending) if (random() < 0.5) tear(contents, change, random);
        return [path, contents.bytes()];
      }),
    );
  }

  #sync(path: string, began: number): void {
    this.#syncs++;
    const file = this.#files.get(path);
    if (file === undefined) {
      // A folder, or a file that is of no interest; folders are synced and changed by one thread.
      for (const naming of this.#namings.filter((it) => dirname(it.path) === path))
        applyNaming(this.#durableNames, naming);
      this.#namings = this.#namings.filter((it) => dirname(it.path) !== path);
      return;
    }
    for (const change of file.pending.filter(({ at }) => at < began)) file.synced.apply(change);
    file.pending = file.pending.filter(({ at }) => at >= began);
  }

  #fileAt(path: string): File {
    const file = this.#files.get(path);
    if (file === undefined) throw new Error(`${path} was written before it was made`);
    return file;
  }
}

function applyNaming(
  names: Map<string, File>,
  { path, file }: { readonly path: string; readonly file: File | undefined },
): void {
  if (file === undefined) names.delete(path);
  else names.set(path, file);
}

function tear(contents: Contents, change: Change, random: () => number): void {
  if (change.kind === 'truncate' || random() < 0.5) {
    contents.apply(change);
    return;
  }
  for (let from = 0; from < change.data.length; from += SECTOR) {
    if (random() < 0.5)
      contents.write(change.offset + from, change.data.subarray(from, from + SECTOR));
  }
}
