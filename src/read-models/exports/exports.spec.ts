import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { appendHistory, History } from '../../../test/support/projection-history.js';
import {
  smallRegister,
  temporaryLedger,
  type TemporaryLedger,
} from '../../../test/support/projection-ledger.js';
import { choicesOf, ENTRY, historyOf } from '../../../test/support/projection-world.js';
import type { FacilityId, FacilityCode } from '../../custody/facilities/facility-code.js';
import type { BatchCode } from '../../custody/serials/serial-number.js';
import { SerialSet } from '../../custody/serials/serial-set.js';
import { FacilityRegister } from '../../custody/facilities/facility-register.js';
import { ProjectionEngine } from '../projection-engine.js';
import { PROJECTIONS } from '../projections.js';
import { Scope } from '../scope.js';
import { EventsExport, EventsExportHandler } from './events-export.query.js';
import type { Cell, ExportTable } from './export-table.js';
import type { LogSelection } from './log-range.js';
import { MovementsExport, MovementsExportHandler } from './movements-export.query.js';
import { StockExport, StockExportHandler } from './stock-export.query.js';
import { TraceExport, TraceExportHandler } from './trace-export.query.js';

const CODES = ['00', '31', '31.71', '31.71.01', '31.71.01.1001', '31.71.01.1002', '32', '32.01'];
const PROVINCE = new Scope('31' as FacilityId);
const { events } = historyOf(choicesOf(31, 900)).history;
const HALF = Math.floor(events.length / 2);

let ledger: TemporaryLedger;
let models: ProjectionEngine;
const register = FacilityRegister.seed(smallRegister(CODES));

beforeAll(async () => {
  ledger = await temporaryLedger(events);
  const { store, readModelsFile: file } = ledger;
  models = ProjectionEngine.start({ store, file, projections: PROJECTIONS });
  await models.waitFor(BigInt(events.length), 10_000);
});

afterAll(async () => {
  await models.close();
  await ledger.close();
});

type Line = Readonly<Record<string, Cell>>;

async function linesOf(table: ExportTable | null): Promise<readonly Line[]> {
  if (table === null) throw new Error('there is such a table');
  const { signal } = new AbortController();
  const lines: Line[] = [];
  for await (const batch of table.rows(signal))
    for (const row of batch)
      lines.push(Object.fromEntries(table.columns.map(({ name }, at) => [name, row[at] ?? null])));
  return lines;
}

function eventsOf(scope: Scope, selection: LogSelection = {}): Promise<ExportTable | null> {
  const handler = new EventsExportHandler(ledger.store, register);
  return handler.execute(new EventsExport(scope, selection));
}

function isOf(province: string, account: Cell): boolean {
  return account === province || String(account).startsWith(`${province}.`);
}

describe('an export within a scope', () => {
  it('has the events of its accounts, and what is sent to them, and no others', async () => {
    const lines = await linesOf(await eventsOf(PROVINCE));
    const all = await linesOf(await eventsOf(Scope.nation));
    const isSeen = ({ account = null, data }: Line): boolean => {
      const { to = null } = JSON.parse(String(data)) as { readonly to?: string };
      return account === null || isOf('31', account) || isOf('31', to ?? null);
    };
    // A custodian may be called as he likes: only consignees count.
    const expected = all.filter((line) => line.type !== 'CustodianChanged' && isSeen(line));
    expect(lines.filter(({ type }) => type !== 'CustodianChanged')).toEqual(expected);
    expect(lines.length).toBeGreaterThan(100);
    expect(lines.length).toBeLessThan(all.length);
  });

  it('knows no region and no account beyond it', async () => {
    expect(await eventsOf(PROVINCE, { within: '32' as FacilityId })).toBeNull();
    expect(await eventsOf(PROVINCE, { within: '00' as FacilityId })).toBeNull();
    expect(await eventsOf(PROVINCE, { account: '32.01' as never })).toBeNull();
    expect(await eventsOf(PROVINCE, { account: 'B.2017-A' as never })).toBeNull();
    const own = await eventsOf(PROVINCE, { account: '31.71' as never });
    expect(await linesOf(own)).toEqual(
      (await linesOf(await eventsOf(Scope.nation))).filter(({ account }) => account === '31.71'),
    );
  });

  it('of stock is of its own facilities, and says so of others', async () => {
    const handler = new StockExportHandler(models, register);
    const ask = (scope: Scope, within?: string) =>
      handler.execute(
        new StockExport(scope, { level: 'province', within: within as FacilityId | undefined }),
      );
    expect(await ask(PROVINCE, '32')).toBeNull();
    const own = await linesOf(await ask(PROVINCE));
    expect(new Set(own.map(({ facilityId }) => facilityId))).toEqual(new Set(['31']));
    expect(await linesOf(await ask(Scope.nation, '31'))).toEqual(own);
  });

  it('of what serials went through shows what its accounts, or those they dealt with, entered', async () => {
    const serials = SerialSet.of([{ batch: '2017-A' as BatchCode, first: 1, last: 400 }]);
    const ask = async (scope: Scope) =>
      linesOf(await new TraceExportHandler(models).execute(new TraceExport(scope, { serials })));
    const [own, all] = [await ask(PROVINCE), await ask(Scope.nation)];
    const isSeen = ({ account = null, counterparty = null }: Line): boolean =>
      isOf('31', account) || isOf('31', counterparty);
    const placed = (lines: readonly Line[]) =>
      lines.map(({ first, last, position }) => `${first}..${last} ${position}`);
    expect(placed(own)).toEqual(placed(all.filter(isSeen)));
    expect(own.length).toBeGreaterThan(10);
    expect(own.length).toBeLessThan(all.length);
  });
});

describe('an export', () => {
  it('stays at its position, whatever is recorded meanwhile', async () => {
    const other = await temporaryLedger(events.slice(0, HALF));
    try {
      const handler = new MovementsExportHandler(other.store, register);
      const table = await handler.execute(new MovementsExport(Scope.nation, {}));
      const before = linesOf(table);
      await appendHistory(other.store, events.slice(HALF));
      const lines = await before;
      expect(table?.position).toBe(String(HALF));
      const later = await handler.execute(new MovementsExport(Scope.nation, { to: String(HALF) }));
      expect(await linesOf(later)).toEqual(lines);
      expect(lines.at(-1)?.position).not.toBe(null);
      expect(Number(lines.at(-1)?.position)).toBeLessThanOrEqual(HALF);
    } finally {
      await other.close();
    }
  });

  it('counts an office that was opened, or moved, where it stands today', async () => {
    const history = new History();
    const opened = { ...ENTRY, code: '33' as FacilityCode, level: 'regency' as const };
    const facilityId = '31.99' as FacilityId;
    history.add('register-facilities', {
      type: 'FacilityOpened',
      data: {
        facilityId,
        code: '31.99' as FacilityCode,
        name: 'Kota Baru',
        level: opened.level,
        parent: '32' as FacilityId,
        effectiveOn: '2017-03-31',
        note: '',
        documents: [],
      },
    });
    history.add(`demand-${facilityId}`, {
      type: 'DemandReported',
      data: { ...ENTRY, asOf: '2017-03-31', deadline: null, byReason: { backlog: 3 } },
    });
    const other = await temporaryLedger(history.events);
    try {
      const handler = new EventsExportHandler(other.store, register);
      const within = async (province: string) => {
        const selection = { within: province as FacilityId };
        const lines = await linesOf(
          await handler.execute(new EventsExport(Scope.nation, selection)),
        );
        return lines.map(({ type }) => type);
      };
      expect(await within('31')).toEqual(['FacilityOpened']);
      expect(await within('32')).toEqual(['FacilityOpened', 'DemandReported']);
    } finally {
      await other.close();
    }
  });
});
