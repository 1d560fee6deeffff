import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { LogCorrupt } from '../../../src/event-store/event-store.js';
import { openEmbeddedStore } from '../../../src/event-store/embedded/embedded-store.js';
import { verifyLog } from '../../../src/event-store/embedded/verify-log.js';
import { markedAppend } from '../../support/event-store-files.js';
import { FaultFound, figure, must, type FaultRow, type Outcome, type Trial } from '../fault-row.js';

const ROUNDS = 200;

/** A row as one text, and where it stands. */
interface RawRow {
  readonly position: number;
  readonly text: string;
}

/** The rows of a file as SQLite itself reads them, up to the first it cannot read. */
function rawRows(file: string): { readonly rows: readonly RawRow[]; readonly isWhole: boolean } {
  const rows: RawRow[] = [];
  let database: DatabaseSync | null = null;
  try {
    database = new DatabaseSync(file, { readOnly: true });
    // As the log is read: a page with a damaged cell gives none of its rows.
    database.exec('PRAGMA cell_size_check = ON');
    const all = database.prepare(
      `SELECT position, hex(hash) AS hash, hex(CAST(streams AS BLOB)) AS streams,
       hex(CAST(body AS BLOB)) AS body, typeof(hash) || typeof(streams) || typeof(body) AS types
       FROM commits ORDER BY position`,
    );
    for (const row of all.iterate())
      rows.push({ position: Number(row.position), text: JSON.stringify(row) });
    return { rows, isWhole: true };
  } catch {
    return { rows, isWhole: false };
  } finally {
    database?.close();
  }
}

type Verdict = 'nothing' | 'refused to open' | number;

/** Where verifying stops. A file that is no ledger any more is refused before that. */
async function verdictOn(file: string): Promise<Verdict> {
  try {
    await verifyLog(file);
    return 'nothing';
  } catch (error) {
    if (error instanceof LogCorrupt) {
      const position = /at position (\d+):/.exec(error.message)?.[1];
      if (position !== undefined) return Number(position);
    }
    return 'refused to open';
  }
}

async function makeLog(file: string): Promise<void> {
  const live = `${file}.live`;
  const store = openEmbeddedStore({ file: live, mode: 'writer' });
  for (let round = 0; round < ROUNDS; round++) {
    const size = 1 + (round % 4);
    await store.append(`custody-${round % 5}`, 'any', markedAppend(size, 'x'.repeat(round * 3)));
  }
  await store.backupTo(file);
  await store.close();
}

async function run({ folder, random, count }: Trial): Promise<Outcome> {
  const wanted = count(1_000, 60);
  const file = join(folder, 'ledger.db');
  await makeLog(file);
  const original = readFileSync(file);
  const { rows } = rawRows(file);
  const copy = `${file}.flipped`;
  const seen = { changing: 0, located: 0, refused: 0, harmless: 0 };
  while (seen.changing < wanted) {
    const at = Math.floor(random() * original.length);
    const bit = 1 << Math.floor(random() * 8);
    const flipped = Buffer.from(original);
    flipped[at] = (original[at] ?? 0) ^ bit;
    writeFileSync(copy, flipped);
    const found = rawRows(copy);
    const first = rows.findIndex(({ text }, index) => text !== found.rows[index]?.text);
    const isChanged = first !== -1 || found.rows.length !== rows.length || !found.isWhole;
    const verdict = await verdictOn(copy);
    if (!isChanged) {
      // A name in the schema, a counter, free space: the log is what it was, or is not opened at all.
      must(
        verdict === 'nothing' || verdict === 'refused to open',
        `byte ${at}, bit ${bit}: damage at ${verdict}, but no row changed`,
      );
      seen.harmless++;
      continue;
    }
    seen.changing++;
    if (verdict === 'nothing') throw new FaultFound(`byte ${at}, bit ${bit}: not found`);
    if (verdict === 'refused to open') {
      // Only where nothing of the log can be read: there is no place to name but the file.
      must(found.rows.length === 0, `byte ${at}, bit ${bit}: found, but not located`);
      seen.refused++;
      continue;
    }
    const expected = [rows[first]?.position, found.rows[first]?.position];
    must(
      expected.includes(verdict),
      `byte ${at}, bit ${bit}: located at ${verdict}, not ${String(expected[0])}`,
    );
    seen.located++;
  }
  return {
    count: `${figure(seen.changing)} flips that change data`,
    result:
      `all found: ${figure(seen.located)} located at their row, ${figure(seen.refused)} left no row ` +
      `readable and were refused at opening; ${figure(seen.harmless)} more changed no data`,
  };
}

export const bitFlips: FaultRow = {
  name: 'bit-flips',
  fault: 'bit rot',
  how: 'one random bit of the file flipped, whether data changed told by reading all rows with SQLite, then verified',
  needs: [],
  run,
};
