import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import * as is from '../../test/support/custody-given.js';
import { envelope } from '../../test/support/opened-office.js';
import { temporaryLedger, type TemporaryLedger } from '../../test/support/projection-ledger.js';
import { Nik, parseNik } from '../access/subject-vault/nik.js';
import { SqliteSubjectVault } from '../access/subject-vault/sqlite-subject-vault.js';
import { VaultKeys } from '../access/subject-vault/vault-keys.js';
import { streamOfAccount } from '../custody/account/account-id.js';
import type { CustodyAccount } from '../custody/account/custody-account.js';
import { accept } from '../custody/account/decision.js';
import type { CustodyEvent } from '../custody/account/events.js';
import { accountAggregate } from './aggregates.js';
import { CommandExecutor } from './command-executor.js';
import { IssueBlanksBody, IssueBlanksCommand, IssueBlanksHandler } from './issue-blanks.command.js';

const NIK = '3171015708920001';
/** Enough papers that forty events with them pass the bound of an append. */
const PAPERS = Array.from({ length: 100 }, () => ({
  kind: 'k'.repeat(64),
  number: 'n'.repeat(128),
  sha256: 'a'.repeat(64),
}));

function issuing(count: number, documents: typeof PAPERS): IssueBlanksCommand {
  const issuances = Array.from({ length: count }, (_, index) => ({
    serial: `2017-A/${String(index + 1)}`,
    nik: NIK,
    reason: 'backlog' as const,
  }));
  const { occurredAt } = is.ENTRY;
  const body = Object.assign(new IssueBlanksBody(), { occurredAt, documents, issuances });
  return new IssueBlanksCommand(envelope(`issue-${String(count)}`), is.OFFICE, body);
}

describe('issuing blanks', () => {
  let ledger: TemporaryLedger;
  let vault: SqliteSubjectVault;
  let handler: IssueBlanksHandler;

  beforeEach(async () => {
    ledger = await temporaryLedger();
    vault = SqliteSubjectVault.open({
      file: join(ledger.folder, 'vault.db'),
      keys: VaultKeys.fromHex('7'.repeat(64)),
      mode: 'writer',
    });
    const { store } = ledger;
    const { facilities } = is.contextOf();
    const executor = new CommandExecutor({ store, facilities, clock: { now: () => is.NOW } });
    handler = new IssueBlanksHandler(executor, vault);
    await executor.execute<CustodyAccount, CustodyEvent>({
      name: 'Arrival',
      stream: streamOfAccount(is.OFFICE),
      aggregate: accountAggregate,
      envelope: envelope('arrival'),
      command: {},
      approval: null,
      decide: () => accept(is.received({ usable: ['2017-A/1..100'] })),
    });
  });
  afterEach(async () => {
    await vault.close();
    await ledger.close();
  });

  function subject(): Promise<string | null> {
    const nik = parseNik(NIK);
    if (!(nik instanceof Nik)) throw new Error(nik);
    return vault.find(nik);
  }

  it('enters nobody in the vault when the command is too large to be stored', async () => {
    const result = await handler.execute(issuing(40, PAPERS));
    expect(result).toMatchObject({ ok: false, rejection: { code: 'append_too_large' } });
    expect(await subject()).toBeNull();
  });

  it('enters the resident of a card that is issued', async () => {
    const result = await handler.execute(issuing(1, PAPERS));
    expect(result).toMatchObject({ ok: true, outcome: { events: [{ type: 'BlankIssued' }] } });
    expect(await subject()).toMatch(/^[0-9a-f]{64}$/);
  });
});
