import { cpSync, existsSync, rmSync } from 'node:fs';
import type { EventStore } from '../../src/event-store/event-store.js';
import { rebuildReadModels } from '../../src/read-models/rebuild.js';
import { must } from './fault-row.js';

/** That the rows of read models nobody has open are those of a fold of the whole log anew. */
export async function readModelsEqualFreshFold(store: EventStore, file: string): Promise<void> {
  const copy = `${file}.compared`;
  for (const suffix of ['', '-wal'])
    if (existsSync(`${file}${suffix}`)) cpSync(`${file}${suffix}`, `${copy}${suffix}`);
  const { comparison } = await rebuildReadModels(store, copy);
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${copy}${suffix}`, { force: true });
  must(comparison !== null, 'there were no read models to compare');
  must(comparison.rows > 0, 'the read models have no rows');
  const [first] = comparison.differences;
  must(
    first === undefined,
    `the read models differ from a fresh fold: ${JSON.stringify(first)}, and ${comparison.differences.length} in all`,
  );
}
