#!/usr/bin/env node
// This file must be readable for any Node there is, so it knows nothing of the rest of the program
// before it has seen the version.
const needed = 24;
const found = process.versions.node;

if (Number(found.split('.')[0]) < needed) {
  process.stderr.write(`blangko needs Node ${needed} or newer; this is Node ${found}\n`);
  process.exitCode = 1;
} else {
  import('./program.js').then(
    ({ main }) => main(process.argv.slice(2)),
    (error: unknown) => {
      process.stderr.write(`blangko: ${String(error)}\n`);
      process.exitCode = 1;
    },
  );
}
