import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import {
  eventsReference,
  eventsSchema,
  rejectionsReference,
  settingsTable,
} from './support/reference.js';

const FOLDER = join(import.meta.dirname, '../docs/reference');

/** With UPDATE_REFERENCE=1 the files are written; without, stale ones fail. */
describe('the generated reference', () => {
  it.each([
    ['events.md', eventsReference],
    ['events.schema.json', eventsSchema],
    ['rejections.md', rejectionsReference],
  ])('%s says what the source says', (file, textOf) => {
    const path = join(FOLDER, file);
    if (process.env.UPDATE_REFERENCE === '1') writeFileSync(path, textOf());
    expect(readFileSync(path, 'utf8')).toBe(textOf());
  });

  it('the settings in the README are those of the source', () => {
    const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');
    const spaced = (text: string): string => text.replaceAll(/ +| ?-{3,} ?/g, ' ');
    expect(spaced(readme)).toContain(spaced(settingsTable()));
  });
});
