import { describe, expect, it } from '@jest/globals';
import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { v5 } from 'uuid';
import { eventIdOf, hashCommand } from './command-hash.js';

const NAMESPACE = '6f0d3b1e-5a7e-5c1b-9a43-0d1c7be6a2f4';

function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

const APPROVAL = {
  by: { id: 'rudi', role: 'supervisor', facilityId: '31.71' },
  at: '2017-03-31T02:15:00.000Z',
  contentHash: 'a'.repeat(64),
} as const;

describe('the id of an event', () => {
  it('is the name-based UUID of stream, command, index and content', () => {
    const text = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(text, text, fc.nat(), text, text, (stream, commandId, index, data, metadata) => {
        const content = sha256(`${data}\n${metadata}`);
        const name = `${stream}\n${commandId}\n${String(index)}\n${content}`;
        const id = eventIdOf({ stream, commandId, index }, data, metadata);
        expect(id).toBe(v5(name, NAMESPACE));
      }),
    );
  });
});

describe('the hash of a command', () => {
  it.each([
    ['without an approval', null],
    ['with an approval', APPROVAL as never],
  ])('is that of its canonical JSON, %s', (_name, approval) => {
    const identity = { name: 'Report', stream: 'custody-31.71', commandId: 'report-1' };
    const command = { note: 'seal \u00e9', count: 2n, none: undefined, list: [{ b: 1, a: null }] };
    const content = { note: 'seal \u00e9', count: '2', list: [{ b: 1, a: null }] };
    const contentHash = sha256(canonicalize({ ...identity, content }) ?? '');
    expect(hashCommand({ ...identity, command, approval })).toEqual({
      contentHash,
      commandHash: sha256(canonicalize({ contentHash, approval }) ?? ''),
    });
  });
});
