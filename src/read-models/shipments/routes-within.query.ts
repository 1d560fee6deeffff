import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import type { AccountId } from '../../custody/account/account-id.js';
import type { FacilityId } from '../../custody/facilities/facility-code.js';
import { FacilityRegister } from '../../custody/facilities/facility-register.js';
import { cursorAt, InvalidCursor, pageSize, placeOf, type Cursor, type Page } from '../cursor.js';
import { ask, ReadModels } from '../read-models.js';
import { Scope } from '../scope.js';
import { routeAnswer, ROUTE_COLUMNS, type RouteAnswer } from './route-answer.js';
import { touches } from './shipment-region.js';
import { SHIPMENTS_PROJECTION, TRAVELS } from './shipment-tables.js';

export interface RoutesPage extends Page<RouteAnswer> {
  /** The position of the log this page holds for. */
  readonly position: string;
}

/**
 * Routes to or from a region, by consignor and consignee. Null when it is no facility that may be seen.
 * @throws {InvalidCursor}
 */
export class RoutesWithin extends Query<RoutesPage | null> {
  constructor(
    readonly scope: Scope,
    readonly within: string,
    readonly cursor: Cursor | null,
    /** Held to 1..1,000. */
    readonly limit: number,
    /** Decimal position the answer must hold for. */
    readonly atLeast?: string,
  ) {
    super();
  }
}

const LISTING = 'routes';

@QueryHandler(RoutesWithin)
export class RoutesWithinHandler implements IQueryHandler<RoutesWithin> {
  constructor(
    private readonly models: ReadModels,
    private readonly register: FacilityRegister,
  ) {}

  async execute(query: RoutesWithin): Promise<RoutesPage | null> {
    const { scope, within, cursor, limit, atLeast } = query;
    const after = cursor === null ? ['', ''] : endsAt(cursor);
    this.models.kept.assertKeepsOne([within]);
    if (this.register.get(within as FacilityId) === null) return null;
    const size = pageSize(limit);
    return ask(this.models, [SHIPMENTS_PROJECTION], atLeast, (database, position) => {
      if (!scope.sees(database, within as AccountId)) return null;
      const region = touches(new Scope(within as FacilityId), database);
      const rows = database.all(
        `SELECT ${ROUTE_COLUMNS} FROM shipment
         WHERE ${TRAVELS} AND (consignor, consignee) > (?, ?) AND ${region.sql}
         GROUP BY consignor, consignee ORDER BY consignor, consignee LIMIT ?`,
        ...after,
        ...region.values,
        size + 1,
      );
      const items = rows.slice(0, size).map((row) => routeAnswer(database, row));
      const last = items.at(-1);
      const hasMore = rows.length > size && last !== undefined;
      const place = `${last?.consignor ?? ''} ${last?.consignee ?? ''}`;
      return { items, nextCursor: hasMore ? cursorAt(LISTING, place) : null, position };
    });
  }
}

function endsAt(cursor: Cursor): readonly string[] {
  const ends = placeOf(LISTING, cursor).split(' ');
  if (ends.length !== 2) throw new InvalidCursor();
  return ends;
}
