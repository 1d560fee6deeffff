import { assert } from '../../custody/assert.js';

const INITIAL_SLOTS = 1 << 16;

/**
 * Finds ids met before without keeping them: 16 bytes an id in a table at most half full. Two
 * different ids may look alike here, so a hit names the earlier position and has to be looked up.
 */
export class IdIndex {
  #fingerprints = new BigUint64Array(INITIAL_SLOTS);
  #positions = new BigInt64Array(INITIAL_SLOTS);
  #size = 0;

  /** Position of an earlier id that may be the same, or null after adding this one. Expected O(1). */
  add(id: string, position: bigint): bigint | null {
    if (2 * this.#size >= this.#fingerprints.length) this.#grow();
    const fingerprint = fingerprintOf(id);
    const slot = this.#slotOf(fingerprint);
    if (this.#fingerprints[slot] === fingerprint) return this.#positions[slot] ?? null;
    this.#put(slot, fingerprint, position);
    this.#size += 1;
    return null;
  }

  #put(slot: number, fingerprint: bigint, position: bigint): void {
    this.#fingerprints[slot] = fingerprint;
    this.#positions[slot] = position;
  }

  #slotOf(fingerprint: bigint): number {
    const mask = this.#fingerprints.length - 1;
    // Its lower half has the UUID's version, the same digit for all: slots would crowd together.
    let slot = Number(fingerprint >> 32n) & mask;
    for (;;) {
      const there = this.#fingerprints[slot];
      assert(there !== undefined, 'a slot is in the table');
      if (there === 0n || there === fingerprint) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #grow(): void {
    const fingerprints = this.#fingerprints;
    const positions = this.#positions;
    this.#fingerprints = new BigUint64Array(2 * fingerprints.length);
    this.#positions = new BigInt64Array(2 * positions.length);
    for (const [index, fingerprint] of fingerprints.entries()) {
      if (fingerprint === 0n) continue;
      this.#put(this.#slotOf(fingerprint), fingerprint, positions[index] ?? 0n);
    }
  }
}

/** The first half of a UUID; never 0, which marks an empty slot. */
function fingerprintOf(id: string): bigint {
  const digits = id.replaceAll('-', '').slice(0, 16);
  const value = /^[0-9a-f]+$/.test(digits) ? BigInt(`0x${digits}`) : BigInt(id.length);
  return value === 0n ? 1n : value;
}
