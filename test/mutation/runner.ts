import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Test, TestRunnerOptions, TestWatcher } from 'jest-runner';
// eslint-disable-next-line @typescript-eslint/no-require-imports -- jest makes CommonJS of this file, where a default import is the class itself; TypeScript takes it for the package.
import jestRunner = require('jest-runner');

/**
 * What everything else stands on, lowest first: a mutant there is reached by every spec, and breaks
 * many a spec file as it is loaded; these notice it in a test.
 */
const LOWEST = [
  '/custody/serials/',
  '/account/custody-account.spec.ts',
  '/account/postings.spec.ts',
];

/** Which tests stand in which file, by the file's path: found in the first run, which is of all. */
type TestNames = Record<string, readonly string[]>;

/**
 * Runs the specs one mutant asks for, and no more. Stryker names the tests that reach the mutant,
 * but has jest load every file that imports the mutated one, and go on after a failure. Here only
 * files with such a test are loaded, the lowest layer first and the small files before the large,
 * and the first file with a failure is the last.
 */
export default class MutantRunner extends jestRunner.default {
  override async runTests(
    tests: Test[],
    watcher: TestWatcher,
    options: TestRunnerOptions,
  ): Promise<void> {
    const named = this._globalConfig.testNamePattern;
    const notes = join(this._globalConfig.rootDir, 'test-names.json');
    if (named === undefined || !existsSync(notes)) {
      await this.#runAll(tests, watcher, options, notes);
      return;
    }
    const pattern = new RegExp(named, 'i');
    const names = JSON.parse(readFileSync(notes, 'utf8')) as TestNames;
    for (const test of inOrder(tests)) {
      const reaches = names[test.path]?.some((name) => pattern.test(name)) ?? true;
      if (reaches && (await this.#fails(test, watcher, options))) return;
    }
  }

  async #runAll(
    tests: Test[],
    watcher: TestWatcher,
    options: TestRunnerOptions,
    notes: string,
  ): Promise<void> {
    const names: TestNames = {};
    const stop = this.on('test-file-success', ([test, { testResults }]) => {
      names[test.path] = testResults.map(({ fullName }) => fullName);
    });
    await super.runTests(tests, watcher, options);
    stop();
    writeFileSync(notes, JSON.stringify(names));
  }

  async #fails(test: Test, watcher: TestWatcher, options: TestRunnerOptions): Promise<boolean> {
    let isFailed = false;
    const stop = this.on('test-file-success', ([, { numFailingTests, testExecError }]) => {
      isFailed = numFailingTests > 0 || testExecError !== undefined;
    });
    await super.runTests([test], watcher, options);
    stop();
    return isFailed;
  }
}

function rankOf({ path }: Test): number {
  const layer = LOWEST.findIndex((part) => path.includes(part));
  return layer < 0 ? LOWEST.length : layer;
}

function inOrder(tests: readonly Test[]): Test[] {
  return tests
    .map((test) => ({ test, rank: rankOf(test), size: statSync(test.path).size }))
    .toSorted((one, other) => one.rank - other.rank || one.size - other.size)
    .map(({ test }) => test);
}
