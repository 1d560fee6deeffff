import { RegisterFollower } from '../commands/register-follower.js';
import { LEVELS, type FacilityId, type Level } from '../custody/facilities/facility-code.js';
import type { FacilityRegister } from '../custody/facilities/facility-register.js';
import type { Facility } from '../custody/facilities/facility.js';
import { areForeign, ReadModelsForeign } from '../read-models/foreign-read-models.js';
import { loadPublishedRegister } from '../read-models/facilities/published-register.js';
import type { ReadModelDatabase } from '../read-models/read-model-database.js';
import { ask } from '../read-models/read-models.js';
import { ReadModelsReader } from '../read-models/read-models-reader.js';
import { ownStock, totalStock, type Stock } from '../read-models/stock/stock-answer.js';
import { COUNT_NAMES, noCounts, type StockCounts } from '../read-models/stock/stock-counts.js';
import type { FacilityStock } from '../read-models/stock/stock-of-facility.query.js';
import { STOCK_PROJECTION } from '../read-models/stock/stock-tables.js';
import type { Settings } from '../settings.js';
import { openLogForReading } from './event-log.js';
import { figure, print, printJson, printTable } from './output.js';
import { UserError } from './user-error.js';

/** What offices of one level hold, each with all below it. */
interface LevelStock {
  readonly level: Level;
  readonly facilities: number;
  readonly total: StockCounts;
}

interface StockReport extends FacilityStock {
  readonly levels: readonly LevelStock[];
  /** Of the log's last event; the answer holds for `position`. */
  readonly head: string;
}

/**
 * What an office holds, as the read models have it, beside whoever writes them.
 * @throws {UserError} there is no such facility
 * @throws {ReadModelsMissing}
 */
async function stockReport(settings: Settings, facility: string): Promise<StockReport> {
  const store = await openLogForReading(settings);
  try {
    const follower = new RegisterFollower(store, loadPublishedRegister());
    await follower.catchUp();
    const models = ReadModelsReader.open(store, settings.readModelsFile);
    try {
      if (await areForeign(store, models.database))
        throw new ReadModelsForeign(settings.readModelsFile);
      const known = follower.register.get(facility as FacilityId);
      if (known === null) throw new UserError(`there is no facility ${facility}`);
      models.kept.assertKeepsOne([facility]);
      models.kept.assertKeepsAll(follower.register.within(known.facilityId));
      const { facilityId, code, name, level } = known;
      const head = String((await store.head()) ?? 0n);
      return await ask(models, [STOCK_PROJECTION], undefined, (database, position) => {
        const own = ownStock(database, facilityId);
        const total = totalStock(database, facilityId);
        const levels = levelsBelow(database, follower.register, known);
        return { facilityId, code, name, level, own, total, position, levels, head };
      });
    } finally {
      await models.close();
    }
  } finally {
    await store.close();
  }
}

/** Sums over the facilities of each level. Few of the nation's have rows, so those are asked for first. */
function levelsBelow(
  database: ReadModelDatabase,
  register: FacilityRegister,
  { facilityId, level }: Facility,
): readonly LevelStock[] {
  const rows = database.all('SELECT DISTINCT facility FROM stock_total');
  const stocked = new Set(rows.map((row) => row.facility));
  const within = Map.groupBy(register.within(facilityId), (it) => it.level);
  return LEVELS.slice(LEVELS.indexOf(level) + 1).map((below) => {
    const facilities = within.get(below) ?? [];
    const total = noCounts();
    for (const { facilityId: id } of facilities.filter((it) => stocked.has(it.facilityId))) {
      const counts = totalStock(database, id);
      for (const count of COUNT_NAMES) total[count] += counts[count];
    }
    return { level: below, facilities: facilities.length, total };
  });
}

/** What a region answers for: what is in transit to its offices counts, within it too, once. */
function accountedFor(counts: StockCounts): number {
  const { usable, invalid, inTransitIn, issued, destroyed, missing } = counts;
  return usable + invalid + inTransitIn + issued + destroyed + missing;
}

const HEADS = [
  '',
  'usable',
  'invalid',
  'transit to',
  'from',
  'within',
  'issued',
  'destroyed',
  'missing',
  'accounted for',
];

function rowOf(name: string, counts: StockCounts): (string | number)[] {
  const { usable, invalid, inTransitIn, inTransitWithin, inTransitOut } = counts;
  const { issued, destroyed, missing } = counts;
  const moved = [usable, invalid, inTransitIn, inTransitOut, inTransitWithin];
  return [name, ...moved, issued, destroyed, missing, accountedFor(counts)];
}

function printStock(report: StockReport): void {
  const { code, name, level, own, total, levels, position, head } = report;
  print(`${code} ${name} (${level})`);
  printTable(HEADS, [
    rowOf('itself', own),
    rowOf('with all below', total),
    ...levels.map((it) =>
      rowOf(`${figure(it.facilities)} × ${it.level}, with all below`, it.total),
    ),
  ]);
  printBatches(total);
  const isBehind = BigInt(position) < BigInt(head);
  print(`holds for position ${position}${isBehind ? `; the log is at ${head}` : ''}`);
}

function printBatches({ byBatch }: Stock): void {
  if (byBatch.length === 0) return;
  const heads = ['batch, with all below', ...HEADS.slice(1)];
  printTable(
    heads,
    byBatch.map((counts) => rowOf(counts.batch, counts)),
  );
}

/** See {@link stockReport}. */
export async function runStock(
  settings: Settings,
  facility: string,
  asJson: boolean,
): Promise<void> {
  const report = await stockReport(settings, facility);
  if (asJson) printJson(report);
  else printStock(report);
}
