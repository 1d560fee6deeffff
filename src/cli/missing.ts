import { GapsWithin, GapsWithinHandler, type GapsPage } from '../read-models/missing/gaps.query.js';
import type { GapOrder, GapStatus } from '../read-models/missing/gap-pages.js';
import { Scope } from '../read-models/scope.js';
import type { Settings } from '../settings.js';
import { askReadModels } from './asked-read-models.js';
import { figure, print, printJson, printTable } from './output.js';
import { UserError } from './user-error.js';

export interface MissingOptions {
  readonly status: GapStatus;
  readonly within: string;
  readonly batch?: string;
  /** Days. */
  readonly olderThan?: number;
  readonly sort: GapOrder;
  readonly after?: string;
  readonly limit: number;
  readonly json: boolean;
}

const DAY_MS = 86_400_000;

function printGaps({ items, totals, nextCursor, position }: GapsPage): void {
  if (items.length > 0)
    printTable(
      [
        'serials',
        'blanks',
        'since',
        'account',
        'custodian',
        'how',
        'last handover',
        'by',
        'to',
        '',
      ],
      items.map(({ lastHandover, ...gap }) => [
        gap.serials,
        gap.blanks,
        gap.occurredAt.value,
        gap.account,
        gap.custodian ?? '',
        gap.kind,
        lastHandover?.shipmentId ?? '',
        lastHandover?.sent.officer.id ?? '',
        lastHandover?.received.officer.id ?? '',
        gap.closed?.how ?? 'open',
      ]),
    );
  print(`${figure(totals.gaps)} gaps, ${figure(totals.blanks)} blanks`);
  if (nextCursor !== null) print(`there are more: --after ${nextCursor}`);
  print(`holds for position ${position}`);
}

/**
 * What is missing, or was.
 * @throws {UserError} there is no such facility
 * @throws {ReadModelsMissing}
 */
export async function runMissing(settings: Settings, options: MissingOptions): Promise<void> {
  const { status, within, batch, olderThan, sort: order, after = null, limit, json } = options;
  const before = olderThan === undefined ? undefined : Date.now() - olderThan * DAY_MS;
  const page = await askReadModels(settings, (models, register) =>
    new GapsWithinHandler(models, register).execute(
      new GapsWithin(Scope.nation, { status, within, batch, before, order }, after, limit),
    ),
  );
  if (page === null) throw new UserError(`there is no facility ${within}`);
  const { items, nextCursor: next, totals, position } = page;
  if (json) printJson({ items, next, totals, position });
  else printGaps(page);
}
