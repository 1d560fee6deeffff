import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { assert } from '../../custody/assert.js';
import {
  CENTRAL_STORE_CODE,
  type FacilityCode,
  levelOf,
  parseFacilityCode,
} from '../../custody/facilities/facility-code.js';
import {
  type FacilityCounts,
  type PublishedRegister,
} from '../../custody/facilities/published-register.js';

const PACKAGE = 'idn-area-data';
const CENTRAL_STORE_NAME = 'Gudang Pusat, Direktorat Jenderal Kependudukan dan Pencatatan Sipil';

/** The files of the package in order, with the number of columns of each; the name is the last. */
const FILES = [
  { file: 'provinces.csv', columns: 2 },
  { file: 'regencies.csv', columns: 3 },
  { file: 'districts.csv', columns: 3 },
  { file: 'villages.csv', columns: 3 },
] as const;

interface Row {
  readonly code: FacilityCode;
  readonly name: string;
}

/**
 * Splits at commas, which is many times faster than a parser; the few lines with a quoted name go
 * through the parser.
 */
function parseLine(line: string, columns: number): readonly string[] {
  const [fields = []] = line.includes('"') ? parse(line) : [line.split(',')];
  assert(fields.length === columns, `a line of ${PACKAGE} has ${columns} columns: ${line}`);
  return fields;
}

function parseRows(text: string, columns: number): Row[] {
  const lines = text.split(/\r?\n/).slice(1);
  return lines
    .filter((line) => line !== '')
    .map((line) => {
      const fields = parseLine(line, columns);
      const code = parseFacilityCode(fields[0] ?? '');
      const name = fields.at(-1) ?? '';
      assert(code !== null, `a line of ${PACKAGE} begins with a code: ${line}`);
      assert(name !== '' && !/\p{Cc}/u.test(name), `a line of ${PACKAGE} has a name: ${line}`);
      return { code, name };
    });
}

function count(rows: readonly Row[]): FacilityCounts {
  const counts = { provinces: 0, regencies: 0, districts: 0, villages: 0 };
  for (const { code } of rows) {
    switch (levelOf(code)) {
      case 'nation':
        break;
      case 'province':
        counts.provinces += 1;
        break;
      case 'regency':
        counts.regencies += 1;
        break;
      case 'district':
        counts.districts += 1;
        break;
      case 'village':
        counts.villages += 1;
    }
  }
  return counts;
}

/**
 * The published register as npm `idn-area-data` has it (data ODbL 1.0), with the central store
 * added. The hash is over our canonical text, not over the package's files, so that two nodes with
 * the same facilities agree whatever line ends or order their copies have. About 0.2 s.
 *
 * @throws {InvariantViolation} a line of the package is not what it should be
 */
export function loadPublishedRegister(): PublishedRegister {
  const require = createRequire(import.meta.filename);
  const manifest = require.resolve('idn-area-data/package.json');
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { readonly version: string };
  const read = (file: string): string =>
    readFileSync(join(dirname(manifest), 'data', file), 'utf8');
  const rows = FILES.flatMap(({ file, columns }) => parseRows(read(file), columns));
  rows.push({ code: CENTRAL_STORE_CODE, name: CENTRAL_STORE_NAME });
  rows.sort((a, b) => (a.code < b.code ? -1 : 1));
  const hash = createHash('sha256');
  for (const { code, name } of rows) hash.update(`${code};${name}\n`, 'utf8');
  return {
    source: `npm:${PACKAGE}`,
    version,
    licence: 'ODbL-1.0',
    sha256: hash.digest('hex'),
    counts: count(rows),
    facilities: { codes: rows.map((it) => it.code), names: rows.map((it) => it.name) },
  };
}
