import { describe, expect, it } from '@jest/globals';
import { REJECTION_CODES, REJECTIONS, reject } from './rejection.js';

describe('the table of rejections', () => {
  it('begins with the reused key and ends with what only the finished append can tell', () => {
    expect(REJECTION_CODES[0]).toBe('idempotency_key_reused');
    expect(REJECTION_CODES.at(-1)).toBe('append_too_large');
  });

  it.each(Object.entries(REJECTIONS))('%s is an exact code with a sentence', (code, meaning) => {
    expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/);
    expect(meaning).toMatch(/^[A-Z].*\.$/);
  });

  it('puts the time of the act after all that was wrong with the act', () => {
    const later = REJECTION_CODES.slice(REJECTION_CODES.indexOf('occurred_in_future'));
    expect(later).toEqual(['occurred_in_future', 'occurred_before_cause', 'append_too_large']);
  });

  it('makes a value of a code, its meaning and where', () => {
    expect(reject('no_serials', { pointer: '/serials' })).toEqual({
      code: 'no_serials',
      message: REJECTIONS.no_serials,
      pointer: '/serials',
    });
  });
});
