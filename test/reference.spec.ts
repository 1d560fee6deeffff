import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { eventsReference, eventsSchema, rejectionsReference } from './support/reference.js';

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
});
