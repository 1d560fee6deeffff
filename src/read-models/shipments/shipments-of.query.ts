import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import type { AccountId } from '../../custody/account/account-id.js';
import type { FacilityId } from '../../custody/facilities/facility-code.js';
import { FacilityRegister } from '../../custody/facilities/facility-register.js';
import { cursorAt, InvalidCursor, pageSize, placeOf, type Cursor, type Page } from '../cursor.js';
import type { ReadModelDatabase, Row } from '../read-model-database.js';
import { ask, ReadModels } from '../read-models.js';
import { Scope } from '../scope.js';
import { LEAST_HISTORY, type OverdueMeasure } from './overdue.js';
import {
  SUMMARY_COLUMNS,
  summaryOf,
  type ShipmentState,
  type ShipmentSummary,
} from './shipment-answer.js';
import { touches } from './shipment-region.js';
import { IS_SHORT, SHIPMENTS_PROJECTION, TRAVELS } from './shipment-tables.js';
import { usualTransitMs } from './transit-times.js';

export interface ShipmentFilter {
  readonly consignee?: string | undefined;
  readonly consignor?: string | undefined;
  /** `open`: in transit or partly settled. */
  readonly state?: ShipmentState | 'open' | undefined;
  /** A facility: to or from it, or one below it. */
  readonly within?: string | undefined;
  readonly overdue?: OverdueMeasure | undefined;
  /** The instant by which they are overdue, in milliseconds since the epoch. */
  readonly at?: number | undefined;
  /** Received with blanks missing, or only partly settled. */
  readonly isShort?: boolean | undefined;
  /** With serials that the manifest does not name. */
  readonly hasUnexpected?: boolean | undefined;
}

export interface ShipmentsPage extends Page<ShipmentSummary> {
  /** The position of the log this page holds for. */
  readonly position: string;
}

/**
 * The latest first; of those to or from what may be seen. Null when `within` is no facility that may be
 * seen. @throws {InvalidCursor}
 */
export class ShipmentsOf extends Query<ShipmentsPage | null> {
  constructor(
    readonly scope: Scope,
    readonly filter: ShipmentFilter,
    readonly cursor: Cursor | null,
    /** Held to 1..1,000. */
    readonly limit: number,
    /** Decimal position the answer must hold for. */
    readonly atLeast?: string,
  ) {
    super();
  }
}

const LISTING = 'shipments';
const POSITION = /^[0-9]{1,18}$/;

@QueryHandler(ShipmentsOf)
export class ShipmentsOfHandler implements IQueryHandler<ShipmentsOf> {
  constructor(
    private readonly models: ReadModels,
    private readonly register: FacilityRegister,
  ) {}

  async execute(query: ShipmentsOf): Promise<ShipmentsPage | null> {
    const { scope, filter, cursor, limit, atLeast } = query;
    const before = cursor === null ? null : placeOf(LISTING, cursor);
    if (before !== null && !POSITION.test(before)) throw new InvalidCursor();
    const { within } = filter;
    // Kept are those to and from what is kept, so one end must be named.
    const ends = [filter.consignee, filter.consignor, within].filter((end) => end !== undefined);
    this.models.kept.assertKeepsOne(ends);
    if (within !== undefined && this.register.get(within as FacilityId) === null) return null;
    const size = pageSize(limit);
    return ask(this.models, [SHIPMENTS_PROJECTION], atLeast, (database, position) => {
      if (within !== undefined && !scope.sees(database, within as AccountId)) return null;
      const { where, parameters } = conditionsOf(database, scope, filter, before);
      const rows = Iterator.from(
        database.iterate(
          `SELECT ${SUMMARY_COLUMNS}, sent_at, CAST(position AS TEXT) AS place FROM shipment
         WHERE ${where} ORDER BY shipment.position DESC`,
          ...parameters,
        ),
      );
      const isShown = filter.overdue === 'route' ? lateOnRoute(database, filter.at) : () => true;
      const found = rows
        .filter(isShown)
        .take(size + 1)
        .toArray();
      const last = found[size - 1];
      const hasMore = found.length > size && last !== undefined;
      return {
        items: found.slice(0, size).map(summaryOf),
        nextCursor: hasMore ? cursorAt(LISTING, String(last.place)) : null,
        position,
      };
    });
  }
}

/** Whether a shipment is longer on the way than its route usually takes; each route is asked once. */
function lateOnRoute(database: ReadModelDatabase, at = 0): (row: Row) => boolean {
  const usual = new Map<string, number | null>();
  return (row) => {
    const route = { consignor: String(row.consignor), consignee: String(row.consignee) };
    const key = `${route.consignor}/${route.consignee}`;
    let most = usual.get(key);
    if (most === undefined) {
      most = usualTransitMs(database, route, LEAST_HISTORY);
      usual.set(key, most);
    }
    return most !== null && at - Number(row.sent_at) > most;
  };
}

type Value = string | bigint | number;

function conditionsOf(
  database: ReadModelDatabase,
  scope: Scope,
  filter: ShipmentFilter,
  before: string | null,
): { readonly where: string; readonly parameters: readonly Value[] } {
  const { consignee, consignor, state, within, overdue, at = 0 } = filter;
  const seen = touches(scope, database);
  const conditions = [seen.sql];
  const parameters: Value[] = [...seen.values];
  const add = (condition: string, ...values: readonly Value[]): void => {
    conditions.push(condition);
    parameters.push(...values);
  };
  if (within !== undefined) {
    const region = touches(new Scope(within as FacilityId), database);
    add(region.sql, ...region.values);
  }
  if (consignee !== undefined) add('consignee = ?', consignee);
  if (consignor !== undefined) add('consignor = ?', consignor);
  if (state === 'open') add("state <> 'closed'");
  else if (state !== undefined) add('state = ?', state);
  if (overdue === 'expected') add("state <> 'closed' AND expected_by < ?", at);
  if (overdue === 'route') add(`state <> 'closed' AND ${TRAVELS}`);
  if (filter.isShort === true) add(IS_SHORT);
  if (filter.hasUnexpected === true) add('unexpected_blanks > 0');
  if (before !== null) add('shipment.position < ?', BigInt(before));
  return { where: conditions.join(' AND '), parameters };
}
