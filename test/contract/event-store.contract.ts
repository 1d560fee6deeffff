import { afterAll, beforeAll, describe } from '@jest/globals';
import { appendContract } from './append.contract.js';
import type { ContractHarness, ContractTarget } from './contract-target.js';
import { lifeContract } from './life.contract.js';
import { readContract } from './read.contract.js';
import { subscribeContract } from './subscribe.contract.js';

/**
 * The rules of docs/decisions and of the port, as tests; every engine passes them. They run against
 * one log that may be shared and full of other events, so each uses fresh stream names and starts
 * where the log ends.
 */
export function eventStoreContract(name: string, harness: ContractHarness): void {
  const { capabilities } = harness;
  const flags = Object.entries(capabilities).map(([flag, has]) => `${flag}: ${has ? 'yes' : 'no'}`);
  describe(`event store contract: ${name} (${flags.join(', ')})`, () => {
    let target: ContractTarget | undefined;
    const current = (): ContractTarget => {
      if (target === undefined) throw new Error('the target is not open');
      return target;
    };
    beforeAll(async () => {
      target = await harness.open();
    });
    afterAll(async () => {
      await target?.dispose();
    });
    const run = { capabilities, harness, target: current, store: () => current().store };
    appendContract(run);
    readContract(run);
    subscribeContract(run);
    lifeContract(run);
  });
}
