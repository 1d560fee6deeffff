import { HttpException } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import { VaultError } from '../access/subject-vault/subject-vault.js';
import { LedgerBusy } from '../commands/ledger-busy.js';
import { StoreReadOnly, StoreUnavailable } from '../event-store/event-store.js';
import { problemOf } from './problem.filter.js';
import { INTERFACE_PROBLEMS, Problem, PROBLEM_CODES, problemType } from './problem.js';

describe('errors as problems', () => {
  it.each([
    [new LedgerBusy('custody-00 changed'), 503, 'busy'],
    [new StoreReadOnly('disk full'), 503, 'store_read_only'],
    [new StoreUnavailable('closed'), 503, 'store_unavailable'],
    [new VaultError('vault_busy'), 503, 'vault_unavailable'],
    [new VaultError('vault_unavailable'), 503, 'vault_unavailable'],
    [new VaultError('vault_refused'), 500, 'internal_error'],
    [new VaultError('vault_read_only'), 503, 'vault_unavailable'],
    [new VaultError('vault_write_failed'), 503, 'vault_unavailable'],
    [new VaultError('vault_closed'), 503, 'vault_unavailable'],
    [new VaultError('vault_row_tampered'), 500, 'internal_error'],
    [new HttpException('x', 413), 413, 'body_too_large'],
    [new HttpException('x', 403), 404, 'not_found'],
    [new HttpException('x', 418), 400, 'request_malformed'],
    [new Error('SELECT secret FROM place'), 500, 'internal_error'],
    ['a text', 500, 'internal_error'],
    [null, 500, 'internal_error'],
  ])('%s: %d %s', (error, status, code) => {
    const problem = problemOf(error);
    expect(problem).toMatchObject({ status, code });
    expect(JSON.stringify(problem)).not.toMatch(/secret|disk|custody-00/);
  });

  it('tells to try again what passes by itself', () => {
    const vault = new VaultError('vault_unavailable');
    for (const error of [
      new LedgerBusy('x'),
      new StoreReadOnly('x'),
      new StoreUnavailable('x'),
      vault,
    ])
      expect(problemOf(error).extras.retryAfterSeconds).toBe(1);
  });
});

describe('the table of problems', () => {
  it('gives every code a status of refusal or fault, and a meaning', () => {
    for (const code of PROBLEM_CODES) {
      expect(problemType(code).status).toBeGreaterThanOrEqual(400);
      expect(problemType(code).meaning).toMatch(/\.$/);
    }
    expect(new Set(PROBLEM_CODES).size).toBe(PROBLEM_CODES.length);
  });

  it('leaves faults to the interface: no refusal of the ledger is a 5xx', () => {
    const faults = PROBLEM_CODES.filter((code) => problemType(code).status >= 500);
    expect(faults.every((code) => code in INTERFACE_PROBLEMS)).toBe(true);
  });

  it('writes a problem as RFC 9457 has it', () => {
    const errors = [{ pointer: '/packages/0/usable/1', detail: 'wrong' }];
    const problem = new Problem('range_reversed', { errors, serials: ['2017-A/9'] });
    expect(problem.toJSON()).toEqual({
      type: '/api/problems/range_reversed',
      title: 'A range ends before it begins.',
      status: 422,
      detail: 'A range ends before it begins.',
      code: 'range_reversed',
      errors,
      serials: ['2017-A/9'],
    });
  });
});
