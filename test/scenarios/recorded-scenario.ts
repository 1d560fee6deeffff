import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { recordScenario } from '../../src/cli/record-scenario.js';
import { accountOfStream, type AccountId } from '../../src/custody/account/account-id.js';
import {
  emptyAccount,
  evolveAccount,
  type CustodyAccount,
} from '../../src/custody/account/custody-account.js';
import { isCustodyEvent } from '../../src/commands/aggregates.js';
import { decodeEvent } from '../../src/event-store/codec/event-codec.js';
import type { Recorded } from '../../src/event-store/codec/ledger-event.js';
import { openEmbeddedStore } from '../../src/event-store/embedded/embedded-store.js';
import type { AuditReport } from '../../src/read-models/audit/audit-report.js';
import { auditLedger } from '../../src/read-models/audit/audit.js';
import { SCENARIOS } from '../../src/scenarios/scenarios.js';
import { readSettings } from '../../src/settings.js';

/** A scenario told in a ledger of its own, and what the log then says. */
export interface RecordedScenario {
  readonly folder: string;
  readonly events: readonly Recorded[];
  readonly accounts: ReadonlyMap<AccountId, CustodyAccount>;
  readonly report: AuditReport;
}

export interface Telling {
  readonly scale?: number;
  readonly seed?: number;
  /** A folder whose vault is taken over: a subject's number depends on the vault that made it. */
  readonly vaultOf?: string;
}

export async function recorded(
  name: string,
  { scale = 1, seed = 1, vaultOf }: Telling = {},
): Promise<RecordedScenario> {
  const folder = await mkdtemp(join(tmpdir(), 'blangko-scenario-'));
  if (vaultOf !== undefined) {
    for (const file of ['vault.db', 'vault.key']) await cp(join(vaultOf, file), join(folder, file));
  }
  const settings = readSettings({ DATA_DIR: folder });
  const scenario = SCENARIOS.get(name);
  if (scenario === undefined) throw new Error(`no scenario ${name}`);
  await recordScenario(settings, scenario, { scale, seed });
  const store = openEmbeddedStore({ file: join(folder, 'ledger.db'), mode: 'reader' });
  try {
    const events: Recorded[] = [];
    for await (const batch of store.readAll()) events.push(...batch.map(decodeEvent));
    const report = await auditLedger({ store, readModelsFile: settings.readModelsFile });
    return { folder, events, accounts: accountsOf(events), report };
  } finally {
    await store.close();
  }
}

export async function forget(scenarios: readonly RecordedScenario[]): Promise<void> {
  await Promise.all(scenarios.map(({ folder }) => rm(folder, { recursive: true })));
}

function accountsOf(events: readonly Recorded[]): ReadonlyMap<AccountId, CustodyAccount> {
  const accounts = new Map<AccountId, CustodyAccount>();
  for (const event of events) {
    const id = accountOfStream(event.stream);
    if (id === null || !isCustodyEvent(event)) continue;
    accounts.set(id, evolveAccount(accounts.get(id) ?? emptyAccount(id), event));
  }
  return accounts;
}

/** The bytes of every stream, positions left out: streams may be woven together in any order. */
export function streamsOf(events: readonly Recorded[]): ReadonlyMap<string, string> {
  const grouped = Map.groupBy(events, ({ stream }) => stream);
  return new Map(
    [...grouped].map(([stream, entries]) => [
      stream,
      entries
        .map(({ id, type, data, metadata }) => JSON.stringify({ id, type, data, metadata }))
        .join('\n'),
    ]),
  );
}
