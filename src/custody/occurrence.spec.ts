import { describe, expect, it } from '@jest/globals';
import { day, minute, NOW, second } from '../../test/support/custody-given.js';
import {
  intervalOf,
  isBeforeCause,
  isInFuture,
  isOccurredAt,
  latestOf,
  occurredAtOf,
} from './occurrence.js';

describe('a stated time', () => {
  it.each([
    ['day', '2017-03-31'],
    ['minute', '2017-03-31T09:15'],
    ['second', '2017-03-31T09:15:30'],
    ['day', '2016-02-29'],
    ['day', '1900-01-01'],
    ['day', '2199-12-31'],
  ])('of precision %s is written %s', (precision, value) => {
    expect(isOccurredAt({ value, precision, zone: 'Asia/Jakarta' })).toBe(true);
  });

  it.each([
    ['day', '2017-02-29', 'Asia/Jakarta'],
    ['day', '2017-04-31', 'Asia/Jakarta'],
    ['day', '2017-03-31T09:15', 'Asia/Jakarta'],
    ['minute', '2017-03-31', 'Asia/Jakarta'],
    ['minute', '2017-03-31T24:00', 'Asia/Jakarta'],
    ['second', '2017-03-31T09:15:60', 'Asia/Jakarta'],
    ['second', '2017-03-31T09:15:30Z', 'Asia/Jakarta'],
    ['day', '1899-12-31', 'Asia/Jakarta'],
    ['day', '2200-01-01', 'Asia/Jakarta'],
    ['hour', '2017-03-31T09', 'Asia/Jakarta'],
    ['toString', '2017-03-31', 'Asia/Jakarta'],
    ['day', '2017-03-31', 'Europe/Paris'],
    ['day', '2017-03-31', 'constructor'],
    ['day', '٢٠١٧-03-31', 'Asia/Jakarta'],
  ])('of precision %s is not %s in %s', (precision, value, zone) => {
    expect(isOccurredAt({ value, precision, zone })).toBe(false);
  });

  it.each([
    ['Asia/Jakarta', '2017-03-30T17:00:00.000Z'],
    ['Asia/Makassar', '2017-03-30T16:00:00.000Z'],
    ['Asia/Jayapura', '2017-03-30T15:00:00.000Z'],
  ] as const)('begins its day in %s at %s', (zone, earliest) => {
    const interval = intervalOf({ value: '2017-03-31', precision: 'day', zone });
    expect(new Date(interval.earliest).toISOString()).toBe(earliest);
    expect(interval.latest - interval.earliest).toBe(86_400_000 - 1);
  });

  it.each([
    ['day', '2017-03-31', 86_400_000],
    ['minute', '2017-03-31T09:15', 60_000],
    ['second', '1900-03-31T09:15:30', 1_000],
  ] as const)('of precision %s is known by its first instant', (precision, value, lengthMs) => {
    for (const zone of ['Asia/Jakarta', 'Asia/Jayapura'] as const) {
      const { earliest, latest } = intervalOf({ value, precision, zone });
      expect(occurredAtOf(earliest, precision, zone)).toEqual({ value, precision, zone });
      expect([latest, latestOf(earliest, precision)]).toEqual([
        earliest + lengthMs - 1,
        earliest + lengthMs - 1,
      ]);
    }
  });

  it.each([
    ['second', second('2017-04-01T08:05:00'), false],
    ['second', second('2017-04-01T08:05:01'), true],
    ['minute', minute('2017-04-01T08:05'), false],
    ['minute', minute('2017-04-01T08:06'), true],
    ['day', day('2017-04-01'), false],
    ['day', day('2017-04-02'), true],
  ])('at precision %s, %j, lies in the future: %j', (_precision, at, expected) => {
    expect(isInFuture(at, NOW)).toBe(expected);
  });

  it('may be tomorrow in the last five minutes of today', () => {
    const midnight = Date.parse('2017-04-02T00:00:00+07:00');
    expect(isInFuture(day('2017-04-02'), midnight - 300_000)).toBe(false);
    expect(isInFuture(day('2017-04-02'), midnight - 300_001)).toBe(true);
  });

  it.each([
    ['exactly five minutes', second('2017-04-01T07:25:00'), minute('2017-04-01T07:30'), false],
    ['five minutes and a second', second('2017-04-01T07:24:59'), minute('2017-04-01T07:30'), true],
    ['a minute that reaches', minute('2017-04-01T07:25'), minute('2017-04-01T07:30'), false],
    ['a minute that does not', minute('2017-04-01T07:24'), minute('2017-04-01T07:30'), true],
    ['the same day', day('2017-04-01'), minute('2017-04-01T23:59'), false],
    ['the day before, by a day', day('2017-03-31'), day('2017-04-01'), false],
    ['the day before, by 00:04', day('2017-03-31'), minute('2017-04-01T00:04'), false],
    ['the day before, by 00:05', day('2017-03-31'), minute('2017-04-01T00:05'), true],
    ['two days before', day('2017-03-30'), day('2017-04-01'), true],
  ])('before its cause by %s: refused %#', (_what, at, cause, expected) => {
    expect(isBeforeCause(at, cause)).toBe(expected);
  });
});
