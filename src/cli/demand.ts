import { Scope } from '../read-models/scope.js';
import {
  DemandWithin,
  DemandWithinHandler,
  type DemandListing,
  type DemandPage,
} from '../read-models/demand/demand-within.query.js';
import type { Settings } from '../settings.js';
import { askReadModels } from './asked-read-models.js';
import { print, printJson, printTable } from './output.js';
import { UserError } from './user-error.js';

const HEADS = [
  'office',
  '',
  'waiting',
  'by',
  'usable',
  'coming',
  'without',
  'a day',
  'days of cover',
  'days to serve',
];

function printDemand({ items, nextCursor, today, position }: DemandPage): void {
  printTable(
    HEADS,
    items.map((it) => [
      it.code,
      it.name,
      it.waiting,
      it.nextDeadline ?? '',
      it.usable,
      it.coming,
      it.uncovered,
      it.issuedPerDay,
      it.daysOfCover ?? '',
      it.daysToServe ?? '',
    ]),
  );
  if (nextCursor !== null) print(`there are more: --after ${nextCursor}`);
  print(`as of ${today}; holds for position ${position}`);
}

/**
 * Who waits in a region, and what there is for them.
 * @throws {UserError} there is no such facility
 * @throws {ReadModelsMissing}
 */
export async function runDemand(
  settings: Settings,
  listing: DemandListing,
  options: { readonly after?: string; readonly limit: number; readonly json: boolean },
): Promise<void> {
  const { after = null, limit, json } = options;
  const page = await askReadModels(settings, (models, register) =>
    new DemandWithinHandler(models, register).execute(
      new DemandWithin(Scope.nation, listing, after, limit),
    ),
  );
  if (page === null) throw new UserError(`there is no facility ${listing.within}`);
  const { items, nextCursor: next, today, position } = page;
  if (json) printJson({ items, next, today, position });
  else printDemand(page);
}
