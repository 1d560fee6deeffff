import { describe, expect, it } from '@jest/globals';
import { assert, assertNever, InvariantViolation } from './assert.js';

describe('assert', () => {
  it('lets pass what holds', () => {
    expect(() => {
      assert(Number('1') < 2, 'one is less than two');
    }).not.toThrow();
  });

  it('throws a named error that says what is broken', () => {
    const broken = () => {
      assert(Number('1') > 2, 'one is more than two');
    };
    expect(broken).toThrow(InvariantViolation);
    expect(broken).toThrow('one is more than two');
  });
});

describe('assertNever', () => {
  it('throws with the value that no branch handled', () => {
    const unhandled = () => assertNever({ type: 'BlanksBlessed' } as never);
    expect(unhandled).toThrow(InvariantViolation);
    expect(unhandled).toThrow('BlanksBlessed');
  });
});
