import { Scope } from '../read-models/scope.js';
import type { OverdueMeasure } from '../read-models/shipments/overdue.js';
import {
  ShipmentsOf,
  ShipmentsOfHandler,
  type ShipmentsPage,
} from '../read-models/shipments/shipments-of.query.js';
import type { Settings } from '../settings.js';
import { askReadModels } from './asked-read-models.js';
import { print, printJson, printTable } from './output.js';
import { UserError } from './user-error.js';

export interface ShipmentsOptions {
  readonly within: string;
  readonly open: boolean;
  readonly overdue?: OverdueMeasure;
  /** Milliseconds since the epoch. */
  readonly at?: number;
  readonly short: boolean;
  readonly unexpected: boolean;
  readonly after?: string;
  readonly limit: number;
  readonly json: boolean;
}

function printShipments({ items, nextCursor, position }: ShipmentsPage): void {
  if (items.length === 0) print('there are none');
  else
    printTable(
      [
        ...['shipment', 'to', 'state', 'sent', 'expected by', 'blanks', 'open', 'missing'],
        'unexpected',
      ],
      items.map((it) => [
        it.shipmentId,
        it.consignee,
        it.state,
        it.recordedAt,
        it.expectedBy ?? '',
        it.blanks,
        it.openBlanks,
        it.missingBlanks,
        it.unexpectedBlanks,
      ]),
    );
  if (nextCursor !== null) print(`there are more: --after ${nextCursor}`);
  print(`holds for position ${position}`);
}

/**
 * Shipments to or from a region, the latest first.
 * @throws {UserError} there is no such facility
 * @throws {ReadModelsMissing}
 */
export async function runShipments(settings: Settings, options: ShipmentsOptions): Promise<void> {
  const { within, overdue, at = Date.now(), after = null, limit } = options;
  const filter = {
    ...{ within, overdue, at, isShort: options.short, hasUnexpected: options.unexpected },
    state: options.open ? ('open' as const) : undefined,
  };
  const page = await askReadModels(settings, (models, register) =>
    new ShipmentsOfHandler(models, register).execute(
      new ShipmentsOf(Scope.nation, filter, after, limit),
    ),
  );
  if (page === null) throw new UserError(`there is no facility ${within}`);
  const { items, nextCursor: next, position } = page;
  if (options.json) printJson({ items, next, position });
  else printShipments(page);
}
