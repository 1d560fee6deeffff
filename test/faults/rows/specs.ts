import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { FaultFound, figure, must, type FaultRow, type Outcome, type Trial } from '../fault-row.js';

interface JestResults {
  readonly numPassedTests: number;
  readonly numTotalTests: number;
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly title: string; readonly status: string }[];
  }[];
}

interface Ran {
  readonly passed: number;
  readonly titles: readonly string[];
  readonly output: string;
}

/** Runs specs with jest. @throws {FaultFound} one of them did not pass */
async function runSpecs(
  { folder, seed }: Trial,
  specs: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  const results = join(folder, 'results.json');
  const child = spawn(
    process.execPath,
    [
      ...['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
      ...[join('node_modules', 'jest', 'bin', 'jest.js'), '--json', '--outputFile', results],
      ...['--runInBand', '--silent=false', ...specs],
    ],
    {
      env: { ...process.env, SEED: String(seed % 1_000_000_000), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const [output, errors] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  if (child.exitCode !== 0) throw new FaultFound(`${specs.join(' ')}: ${errors.slice(-2_000)}`);
  const { numPassedTests, numTotalTests, testResults } = JSON.parse(
    readFileSync(results, 'utf8'),
  ) as JestResults;
  must(
    numPassedTests === numTotalTests && numPassedTests > 0,
    `${numPassedTests} of ${numTotalTests} specs passed`,
  );
  const titles = testResults.flatMap(({ assertionResults }) =>
    assertionResults.map(({ title }) => title),
  );
  return { passed: numPassedTests, titles, output };
}

/** The first number that a title tells after these words. */
function toldBy(titles: readonly string[], words: RegExp): string {
  const found = titles.map((title) => words.exec(title)?.[1]).find((it) => it !== undefined);
  if (found === undefined) throw new FaultFound(`no spec tells ${words.source}`);
  return figure(Number(found));
}

async function runDuplicates(trial: Trial): Promise<Outcome> {
  const { titles } = await runSpecs(trial, ['test/model/duplicates.spec.ts']);
  return {
    count: `${toldBy(titles, /one effect each: (\d+)/)} commands`,
    result: 'one effect and one answer each, in any order, over three nodes and a restart',
  };
}

async function runRaces(trial: Trial): Promise<Outcome> {
  const { titles } = await runSpecs(trial, ['test/model/races.spec.ts']);
  return {
    count: `${toldBy(titles, /one winner, (\d+) times/)} rounds`,
    result: 'exactly one winner each, all others refused or busy',
  };
}

async function runModel(trial: Trial): Promise<Outcome> {
  const histories = trial.count(20_000, 100);
  const { output } = await runSpecs(trial, ['test/model/histories.spec.ts'], {
    HISTORIES: String(histories),
  });
  const [, ran = '', commands = ''] = /(\d+) histories of (\d+) commands/.exec(output) ?? [];
  must(Number(ran) === histories, `${ran} of ${histories} histories ran`);
  const columns = [...output.matchAll(/^[A-Z]\w+ +(\d+) +(\d+)$/gm)];
  const sum = (column: number): string =>
    figure(columns.reduce((total, row) => total + Number(row[column]), 0));
  const replayed = Number(/^replayed +(\d+)/m.exec(output)?.[1]);
  const lost = Number(/^acknowledgements lost +(\d+)/m.exec(output)?.[1]);
  return {
    count: `${figure(Number(ran))} histories of ${commands} commands`,
    result: `agree with the naive model: ${sum(1)} accepted, ${sum(2)} refused, ${figure(replayed)} replayed, ${figure(lost)} acknowledgements lost on the way`,
  };
}

async function runPoison(trial: Trial): Promise<Outcome> {
  const { passed } = await runSpecs(trial, [
    'test/e2e/halted-projection.spec.ts',
    'src/read-models/projection-engine.spec.ts',
    'src/event-store/codec/event-codec.spec.ts',
  ]);
  return {
    count: `${passed} specs`,
    result:
      'that projection halts alone just before the event, readiness says which, nothing is skipped; an unknown type or version stops every reader',
  };
}

const IN_SPECS = { needs: [], isOfSpecs: true } as const;

export const duplicates: FaultRow = {
  ...IN_SPECS,
  name: 'duplicates',
  fault: 'retries',
  how: 'test/model/duplicates.spec.ts: each command four times, shuffled, two at a time',
  run: runDuplicates,
};
export const races: FaultRow = {
  ...IN_SPECS,
  name: 'races',
  fault: 'races for one serial',
  how: 'test/model/races.spec.ts: 20 claimants at once over three nodes',
  run: runRaces,
};
export const model: FaultRow = {
  ...IN_SPECS,
  name: 'model',
  fault: 'random histories with lost requests and answers',
  how: 'test/model/histories.spec.ts: the real handlers and store against a model written apart from them',
  run: runModel,
};
export const poison: FaultRow = {
  ...IN_SPECS,
  name: 'poison',
  fault: 'poison event, unknown type or version',
  how: 'test/e2e/halted-projection.spec.ts and the specs of the projection engine and the codec',
  run: runPoison,
};
