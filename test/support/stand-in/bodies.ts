import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';

/**
 * The bytes of the events, one after the other in a file: the engine takes canonical JSON alone, a
 * client may send anything. What is added outlives the process, not the machine.
 */
export class Bodies {
  readonly #file: number;
  #end: number;
  #closed = false;

  constructor(path: string) {
    this.#file = openSync(path, 'a+');
    this.#end = fstatSync(this.#file).size;
  }

  /** Returns where the bytes stand. */
  add(bytes: Uint8Array): number {
    this.#assertOpen();
    const at = this.#end;
    for (let written = 0; written < bytes.length;) {
      written += writeSync(this.#file, bytes, written);
    }
    this.#end += bytes.length;
    return at;
  }

  read(at: number, length: number): Uint8Array {
    this.#assertOpen();
    const bytes = new Uint8Array(length);
    for (let read = 0; read < length;) {
      const more = readSync(this.#file, bytes, read, length - read, at + read);
      if (more === 0) throw new Error(`the bodies end before ${at + length}`);
      read += more;
    }
    return bytes;
  }

  close(): void {
    this.#closed = true;
    closeSync(this.#file);
  }

  #assertOpen(): void {
    if (this.#closed) throw new Error('the bodies are closed');
  }
}
