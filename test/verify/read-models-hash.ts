import { createHash } from 'node:crypto';
import { dumpReadModels } from '../../src/read-models/dump.js';

/** Every row of every read model, and how far each projection had come. */
export interface ReadModelsHash {
  readonly rows: number;
  /** SHA-256 of the dump, lower-case hex. */
  readonly sha256: string;
}

/* `node read-models-hash.js FILE` writes a {@link ReadModelsHash} as JSON. */

const [file = ''] = process.argv.slice(2);
const hash = createHash('sha256');
let rows = 0;
for (const line of dumpReadModels(file)) {
  hash.update(`${line}\n`, 'utf8');
  rows += 1;
}
const answer: ReadModelsHash = { rows, sha256: hash.digest('hex') };
process.stdout.write(JSON.stringify(answer));
