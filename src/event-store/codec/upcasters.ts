import { assert } from '../../custody/assert.js';
import type { JsonObject } from '../event-store.js';

/**
 * Reads data of one version as the next version would have written it. Pure and total on data
 * that fits the schema of `fromVersion`; what is stored is never rewritten.
 */
export interface Upcaster {
  readonly type: string;
  readonly fromVersion: number;
  readonly upcast: (data: JsonObject) => JsonObject;
}

/** All versions of the ledger's event types are their first so far. */
export const UPCASTERS: readonly Upcaster[] = [];

/** The steps from version 1 to `version`; step i takes version i + 1 one version up. */
export type UpcastChain = readonly ((data: JsonObject) => JsonObject)[];

/**
 * The whole chain of one type.
 * @throws {InvariantViolation} a step is missing, given twice, or leads beyond `version`
 */
export function upcastChain(
  type: string,
  version: number,
  upcasters: readonly Upcaster[],
): UpcastChain {
  const own = upcasters.filter((upcaster) => upcaster.type === type);
  assert(
    own.length === version - 1,
    `${type} is at version ${version} and has ${own.length} upcasters`,
  );
  return Array.from({ length: version - 1 }, (_, index) => {
    const steps = own.filter(({ fromVersion }) => fromVersion === index + 1);
    const [step] = steps;
    assert(
      step !== undefined && steps.length === 1,
      `${type} has ${steps.length} upcasters from version ${index + 1}`,
    );
    return step.upcast;
  });
}

/** The data in the last version. `version` is that of `data` as stored. */
export function upcastFrom(version: number, data: JsonObject, chain: UpcastChain): JsonObject {
  let current = data;
  for (let index = version - 1; index < chain.length; index++) {
    const step = chain[index];
    assert(step !== undefined, 'a chain has no holes');
    current = step(current);
  }
  return current;
}
