// The house's arrows: http, cli, scenarios -> exports, webhooks, commands, read-models -> event-store (port) -> custody.
const outer = '^src/(http|cli|scenarios)/';
const root =
  '^src/(main|app\\.module|ledger\\.module|open-event-store|rebuild-thread|rebuild-in-thread)\\.ts$';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'custody-is-pure',
      comment: 'The domain knows no framework, no I/O, no clock and no other folder.',
      severity: 'error',
      from: { path: '^src/custody/', pathNot: '\\.spec\\.ts$' },
      to: { pathNot: '^src/custody/' },
    },
    {
      name: 'event-store-knows-only-custody',
      severity: 'error',
      from: { path: '^src/event-store/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^src/', pathNot: '^src/(event-store|custody)/' },
    },
    {
      name: 'engines-stand-behind-the-port',
      comment: 'Only the composition root names an engine.',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: [root, '^src/event-store/', '\\.spec\\.ts$', '^src/cli/backup/'],
      },
      to: { path: '^src/event-store/(embedded|eventstoredb)/' },
    },
    {
      name: 'access-knows-only-port-and-custody',
      severity: 'error',
      from: { path: '^src/access/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^src/', pathNot: '^src/(access|event-store|custody)/' },
    },
    {
      name: 'commands-know-no-outer-ring',
      severity: 'error',
      from: { path: '^src/commands/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^src/', pathNot: '^src/(commands|custody|event-store|access)/' },
    },
    {
      name: 'read-models-know-no-outer-ring',
      severity: 'error',
      from: { path: '^src/read-models/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^src/', pathNot: '^src/(read-models|custody|event-store|tokens)' },
    },
    {
      name: 'exports-know-only-tables',
      comment: 'Formats of files know the rows they are given, and nothing of whoever asks.',
      severity: 'error',
      from: { path: '^src/exports/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^src/', pathNot: '^src/(exports|read-models/exports)/' },
    },
    {
      name: 'webhooks-know-no-outer-ring',
      severity: 'error',
      from: { path: '^src/webhooks/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^src/', pathNot: '^src/(webhooks|read-models|access|event-store|custody)/' },
    },
    {
      name: 'http-and-scenarios-do-not-know-each-other',
      severity: 'error',
      from: { path: '^src/(http|scenarios)/' },
      to: { path: outer, pathNot: '^src/$1/' },
    },
    {
      name: 'source-does-not-know-tests',
      severity: 'error',
      from: { path: '^src/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^test/|\\.spec\\.ts$' },
    },
    {
      name: 'no-undeclared-packages',
      severity: 'error',
      from: { path: '^src/', pathNot: '\\.spec\\.ts$' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown', 'unknown', 'undetermined'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|build)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
    },
  },
};
