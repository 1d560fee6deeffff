import { LEVELS, levelOf, type Level } from '../custody/facilities/facility-code.js';
import { RegisterFollower } from '../commands/register-follower.js';
import { loadPublishedRegister } from '../read-models/facilities/published-register.js';
import { ReadModelsReader } from '../read-models/read-models-reader.js';
import type { Stock } from '../read-models/stock/stock-answer.js';
import { noCounts, type StockCounts } from '../read-models/stock/stock-counts.js';
import {
  StockOfFacility,
  StockOfFacilityHandler,
  type FacilityStock,
} from '../read-models/stock/stock-of-facility.query.js';
import {
  StockWithin,
  StockWithinHandler,
  type StockRow,
} from '../read-models/stock/stock-within.query.js';
import type { Settings } from '../settings.js';
import { openLogForReading } from './backup/open-log.js';
import { print, printJson, printTable } from './output.js';
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

const PAGE = 1_000;

/**
 * What an office holds, as the read models have it, beside whoever writes them.
 * @throws {UserError} there is no such facility
 * @throws {ReadModelsMissing}
 */
async function stockReport(settings: Settings, facility: string): Promise<StockReport> {
  const store = openLogForReading(settings);
  try {
    const follower = new RegisterFollower(store, loadPublishedRegister());
    await follower.catchUp();
    const models = ReadModelsReader.open(store, settings.readModelsFile);
    try {
      const one = new StockOfFacilityHandler(models, follower.register);
      const answer = await one.execute(new StockOfFacility(facility));
      if (answer === null) throw new UserError(`there is no facility ${facility}`);
      const handler = new StockWithinHandler(models, follower.register);
      const below = LEVELS.slice(LEVELS.indexOf(levelOf(answer.facilityId)) + 1);
      const levels: LevelStock[] = [];
      for (const level of below) levels.push(await levelStock(handler, facility, level));
      return { ...answer, levels, head: String((await store.head()) ?? 0n) };
    } finally {
      await models.close();
    }
  } finally {
    await store.close();
  }
}

async function levelStock(
  handler: StockWithinHandler,
  facility: string,
  level: Level,
): Promise<LevelStock> {
  const total = noCounts();
  let facilities = 0;
  let cursor: StockWithin['cursor'] = null;
  do {
    const page = await handler.execute(new StockWithin(facility, level, cursor, PAGE));
    facilities += page?.items.length ?? 0;
    page?.items.forEach((row: StockRow) => {
      for (const name of Object.keys(total) as (keyof StockCounts)[])
        total[name] += row.total[name];
    });
    cursor = page?.nextCursor ?? null;
  } while (cursor !== null);
  return { level, facilities, total };
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
    ...levels.map((it) => rowOf(`${it.facilities} × ${it.level}, with all below`, it.total)),
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
