import { afterEach, beforeEach, describe } from '@jest/globals';
import { entriesContract } from './entries.contract.js';
import { nodesContract } from './nodes.contract.js';
import { secrecyContract } from './secrecy.contract.js';
import { spoiltRowsContract } from './spoilt-rows.contract.js';
import type { VaultTarget } from './vault-target.js';

/** The rules of the port and of docs/decisions/0003, as tests; every engine passes them. */
export function subjectVaultContract(name: string, make: () => Promise<VaultTarget>): void {
  describe(`subject vault contract: ${name}`, () => {
    let made: VaultTarget[] = [];
    const another = async (): Promise<VaultTarget> => {
      const target = await make();
      made.push(target);
      return target;
    };
    const target = (): VaultTarget => {
      const [first] = made;
      if (first === undefined) throw new Error('the target is not open');
      return first;
    };
    beforeEach(async () => {
      await another();
    });
    afterEach(async () => {
      for (const it of made) await it.dispose();
      made = [];
    });
    const run = { target, another };
    entriesContract(run);
    nodesContract(run);
    secrecyContract(run);
    spoiltRowsContract(run);
  });
}
