import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '../../../test/support/property-runs.js';
import { PersistentMap } from './persistent-map.js';

/** Pairs whose 32-bit FNV-1a hashes are the same. */
const COLLIDING = ['costarring', 'liquid', 'declinate', 'macallums', 'altarage', 'zinke'];
const KEYS = fc.oneof(fc.constantFrom(...COLLIDING), fc.string({ maxLength: 3 }));

/** Every object a value holds, and itself. */
function objectsOf(value: unknown, found = new Set<unknown>()): Set<unknown> {
  if (typeof value !== 'object' || value === null || found.has(value)) return found;
  found.add(value);
  for (const part of Object.values(value)) objectsOf(part, found);
  return found;
}

describe('a persistent map', () => {
  it('answers as a map does, and every earlier one as it did', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(KEYS, fc.nat()), { maxLength: 200 }), (entries) => {
        const known = new Map<string, number>();
        const versions = [{ map: PersistentMap.empty<number>(), expected: new Map(known) }];
        for (const [key, value] of entries) {
          const latest = versions.at(-1)?.map ?? PersistentMap.empty<number>();
          known.set(key, value);
          versions.push({ map: latest.with(key, value), expected: new Map(known) });
        }
        for (const { map, expected } of versions) {
          expect(map.size).toBe(expected.size);
          for (const key of [...known.keys(), 'absent'])
            expect(map.get(key)).toBe(expected.get(key));
        }
      }),
      propertyRuns(100),
    );
  });

  it('keeps keys of the same hash apart', () => {
    const both = PersistentMap.empty<number>().with('costarring', 1).with('liquid', 2);
    expect([both.get('costarring'), both.get('liquid')]).toEqual([1, 2]);
    expect(both.with('liquid', 3).get('costarring')).toBe(1);
  });

  it('shares with the map it came from all but one path', () => {
    let map = PersistentMap.empty<object>();
    for (let key = 0; key < 20_000; key++) map = map.with(String(key), {});
    const before = objectsOf(map);
    const added = [...objectsOf(map.with('20000', {}))].filter((part) => !before.has(part));
    expect(added.length).toBeLessThan(40);
  });
});
