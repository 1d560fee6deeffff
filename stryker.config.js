/** Mutation testing of the domain: docs/reference/mutation.md says how to run and read it. */
export default {
  mutate: ['src/custody/**/*.ts', '!src/custody/**/*.spec.ts'],
  testRunner: 'jest',
  testRunnerNodeArgs: ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
  jest: {
    config: {
      // The domain's own specs alone: those that load an engine or a codec cost ten times as much.
      roots: ['<rootDir>/src/custody', '<rootDir>/test'],
      testMatch: ['<rootDir>/src/custody/**/*.spec.ts'],
      runner: '<rootDir>/test/mutation/runner.ts',
      setupFiles: ['<rootDir>/test/mutation/properties.ts'],
    },
  },
  plugins: ['@stryker-mutator/jest-runner', './test/mutation/fault-messages.ts'],
  ignorers: ['fault-messages'],
  ignoreStatic: true,
  coverageAnalysis: 'perTest',
  ignorePatterns: ['/build', '/dist', '/data', '/reports', '/.ci'],
  concurrency: 2,
  // jest keeps something of each run: a process that has made many of them collects garbage most of the time.
  maxTestRunnerReuse: 60,
  // Generous, so that what is listed as a timeout is a loop without end, not a busy machine.
  timeoutMS: 15_000,
  timeoutFactor: 2,
  reporters: ['clear-text', 'html', 'json', 'progress-append-only'],
  clearTextReporter: { logTests: false, reportTests: false, reportMutants: false },
  incremental: true,
  incrementalFile: 'reports/mutation/incremental.json',
  thresholds: { high: 95, low: 90, break: 85 },
};
