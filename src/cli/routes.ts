import { Scope } from '../read-models/scope.js';
import type { RouteAnswer } from '../read-models/shipments/route-answer.js';
import {
  RoutesWithin,
  RoutesWithinHandler,
  type RoutesPage,
} from '../read-models/shipments/routes-within.query.js';
import {
  TransitByLevel,
  TransitByLevelHandler,
  type LevelTransit,
} from '../read-models/shipments/transit-by-level.query.js';
import type { Settings } from '../settings.js';
import { askReadModels } from './asked-read-models.js';
import { print, printJson, printTable } from './output.js';
import { UserError } from './user-error.js';

const HOUR_MS = 3_600_000;
const TENTHS = 10;

/** Hours with one decimal, or nothing. */
function hours(ms: number | null): string {
  return ms === null ? '' : (Math.round((ms * TENTHS) / HOUR_MS) / TENTHS).toFixed(1);
}

const HEADS = ['arrived', 'p50 h', 'p90 h', 'p95 h', 'max h', 'p50 h stated', 'p95 h stated'];

function timesOf({
  recorded,
  occurred,
}: Pick<RouteAnswer | LevelTransit, 'recorded' | 'occurred'>): (string | number)[] {
  const { shipments, p50Ms, p90Ms, p95Ms, maxMs } = recorded;
  const shown = [p50Ms, p90Ms, p95Ms, maxMs, occurred.p50Ms, occurred.p95Ms];
  return [shipments, ...shown.map(hours)];
}

function printRoutes(
  { items, nextCursor, position }: RoutesPage,
  levels: readonly LevelTransit[],
): void {
  if (items.length === 0) print('nothing was ever sent there or from there');
  else {
    printTable(
      ['from', 'to', 'sent', 'open', ...HEADS],
      items.map((it) => [it.consignor, it.consignee, it.sent, it.open, ...timesOf(it)]),
    );
    const sending = levels.filter(({ recorded }) => recorded.shipments > 0);
    printTable(
      ['all that was sent by', ...HEADS],
      sending.map((it) => [it.level, ...timesOf(it)]),
    );
  }
  if (nextCursor !== null) print(`there are more: --after ${nextCursor}`);
  print(`holds for position ${position}`);
}

/**
 * How long shipments take to and from a region.
 * @throws {UserError} there is no such facility
 * @throws {ReadModelsMissing}
 */
export async function runRoutes(
  settings: Settings,
  within: string,
  options: { readonly after?: string; readonly limit: number; readonly json: boolean },
): Promise<void> {
  const { limit, json } = options;
  const after = options.after ?? null;
  const [page, levels] = await askReadModels(settings, async (models, register) => [
    await new RoutesWithinHandler(models, register).execute(
      new RoutesWithin(Scope.nation, within, after, limit),
    ),
    await new TransitByLevelHandler(models, register).execute(
      new TransitByLevel(Scope.nation, within),
    ),
  ]);
  if (page === null || levels === null) throw new UserError(`there is no facility ${within}`);
  const { items, nextCursor: next, position } = page;
  if (json) printJson({ items, next, position, levels: levels.levels });
  else printRoutes(page, levels.levels);
}
