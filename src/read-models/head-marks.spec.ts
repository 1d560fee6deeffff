import { describe, expect, it } from '@jest/globals';
import { HeadMarks } from './head-marks.js';

describe('the marks of a growing log', () => {
  it('tell since when something has waited', () => {
    const marks = new HeadMarks();
    marks.see(100n, 0);
    expect(marks.lagMs(99n, 10)).toBeNull();
    expect(marks.lagMs(100n, 10)).toBe(0);
    marks.see(200n, 1_000);
    marks.see(300n, 2_000);
    expect(marks.lagMs(100n, 5_000)).toBe(4_000);
    expect(marks.lagMs(250n, 5_000)).toBe(3_000);
    expect(marks.lagMs(300n, 5_000)).toBe(0);
  });

  it('do not move when the log is seen where it was', () => {
    const marks = new HeadMarks();
    marks.see(1n, 0);
    marks.see(2n, 100);
    marks.see(2n, 900);
    expect(marks.lagMs(1n, 1_000)).toBe(900);
  });

  it('are dropped once they are reached, and bounded meanwhile: the oldest stays', () => {
    const marks = new HeadMarks();
    marks.see(0n, 0);
    for (let at = 1; at <= 5_000; at++) marks.see(BigInt(at), at);
    expect(marks.lagMs(0n, 5_001)).toBe(5_000);
    expect(marks.lagMs(4_999n, 5_001)).toBe(1);
    marks.reached(4_999n);
    expect(marks.lagMs(4_999n, 5_001)).toBe(1);
    marks.reached(5_000n);
    expect(marks.lagMs(5_000n, 9_000)).toBe(0);
  });
});
