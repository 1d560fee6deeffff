import { writeSync } from 'node:fs';
import { DatabaseSync, StatementSync } from 'node:sqlite';
import { openEmbeddedStore } from '../../src/event-store/embedded/embedded-store.js';
import { ProjectionEngine } from '../../src/read-models/projection-engine.js';
import { PROJECTIONS } from '../../src/read-models/projections.js';

/**
 * `node projection-follower.js LEDGER READ-MODELS BATCH AFTER HEAD`: brings the read models up to
 * HEAD, but kills itself (-9) after so many statements that write. The ledger is only read, so every
 * such statement is one of the read models.
 */
const [ledger = '', file = '', batch = '', after = '', head = ''] = process.argv.slice(2);
const LONG_MS = 60_000;
let left = Number(after);
let isInTransaction = false;

function count(): void {
  left--;
  if (left > 0) return;
  writeSync(1, isInTransaction ? 'in a transaction\n' : 'between transactions\n');
  process.kill(process.pid, 'SIGKILL');
  // Until the signal comes.
  for (;;);
}

// eslint-disable-next-line @typescript-eslint/unbound-method -- called with the `this` of its replacement
const { exec } = DatabaseSync.prototype;
// eslint-disable-next-line @typescript-eslint/unbound-method -- called with the `this` of its replacement
const { run } = StatementSync.prototype;
const store = openEmbeddedStore({ file: ledger, mode: 'reader' });

DatabaseSync.prototype.exec = function (sql) {
  if (sql.startsWith('COMMIT')) count();
  exec.call(this, sql);
  if (sql.startsWith('BEGIN')) isInTransaction = true;
  if (sql.startsWith('COMMIT') || sql.startsWith('ROLLBACK')) isInTransaction = false;
  if (sql.startsWith('COMMIT')) count();
};
StatementSync.prototype.run = function (
  this: StatementSync,
  ...parameters: Parameters<typeof run>
) {
  const result = run.apply(this, parameters);
  count();
  return result;
} as typeof run;

const engine = ProjectionEngine.start({
  store,
  file,
  projections: PROJECTIONS,
  batchEvents: Number(batch),
  onHalt: (name, halt) => {
    process.stderr.write(`${name} halted: ${halt.reason}\n`);
    process.exit(1);
  },
});
await engine.waitFor(BigInt(head), LONG_MS);
await engine.close();
await store.close();
