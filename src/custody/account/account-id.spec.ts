import { describe, expect, it } from '@jest/globals';
import * as is from '../../../test/support/custody-given.js';
import type { FacilityId } from '../facilities/facility-code.js';
import type { BatchCode } from '../serials/serial-number.js';
import {
  accountOfStream,
  accountParts,
  batchAccount,
  facilityAccount,
  facilityOf,
  parseAccount,
  parseAccountId,
  parseShipmentId,
  shipmentIdOf,
  streamOfAccount,
  type AccountId,
} from './account-id.js';

describe('an account id', () => {
  it.each([
    ['31', { kind: 'facility', facilityId: '31' }],
    ['31.71.01.1001', { kind: 'facility', facilityId: '31.71.01.1001' }],
    ['31.71~2', { kind: 'facility', facilityId: '31.71~2' }],
    ['B.2017-A', { kind: 'batch', batch: '2017-A' }],
    ['E.CASE-1', { kind: 'evidence', caseCode: 'CASE-1' }],
    ['E.0123456789ABCDEF', { kind: 'evidence', caseCode: '0123456789ABCDEF' }],
  ])('%s names a facility, a batch or a case', (text, parts) => {
    expect(parseAccount(text)).toEqual(parts);
    expect(parseAccountId(text)).toBe(text);
    expect(accountParts(text as AccountId)).toEqual(parts);
  });

  it.each([
    '',
    '3',
    '31.7',
    'B.',
    'B.a',
    'E.',
    'E.case',
    'E.0123456789ABCDEFG',
    'X.1',
    ' 31',
    '31 ',
  ])('is not written %j', (text) => {
    expect(parseAccount(text)).toBeNull();
    expect(parseAccountId(text)).toBeNull();
    expect(() => accountParts(text as AccountId)).toThrow('not an account id');
  });

  it('is made of what the account belongs to', () => {
    expect(batchAccount('2017-A' as BatchCode)).toBe('B.2017-A');
    expect(facilityAccount('31.71' as FacilityId)).toBe('31.71');
    expect(facilityOf(is.OFFICE)).toBe('31.71.01');
    expect(facilityOf(is.BATCH)).toBeNull();
    expect(facilityOf(is.EVIDENCE)).toBeNull();
  });

  it('names the stream of its account, and no other stream names it', () => {
    expect(streamOfAccount(is.BATCH)).toBe('custody-B.2017-A');
    expect(accountOfStream('custody-B.2017-A')).toBe(is.BATCH);
    expect(accountOfStream('custody-')).toBeNull();
    expect(accountOfStream('31')).toBeNull();
    expect(accountOfStream('demand-31')).toBeNull();
    expect(accountOfStream('31custody-')).toBeNull();
  });
});

describe('a shipment id', () => {
  it.each<[string, number, string]>([
    ['31.71', 42, '31.71-000042'],
    ['31', 1, '31-000001'],
    ['B.2017-A', 999_999, 'B.2017-A-999999'],
    ['E.CASE-1', 1_000_000, 'E.CASE-1-1000000'],
    ['31.71.01.1001~9999', 123_456_789, '31.71.01.1001~9999-123456789'],
  ])('of %s, number %d, is %s', (consignor, number, text) => {
    expect(shipmentIdOf(consignor as AccountId, number)).toBe(text);
    expect(parseShipmentId(text)).toEqual({ shipmentId: text, consignor, number });
  });

  it.each([
    '',
    '31',
    '31-',
    '31-00042',
    '31-000000',
    '31-0000042',
    '31-1234567890',
    '3-000042',
    'X-000042',
    '-000042',
    '31-000042 ',
    ' 31-000042',
  ])('is not written %j', (text) => {
    expect(parseShipmentId(text)).toBeNull();
  });
});
