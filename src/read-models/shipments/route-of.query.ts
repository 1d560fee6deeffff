import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import type { AccountId } from '../../custody/account/account-id.js';
import { ask, ReadModels } from '../read-models.js';
import { Scope } from '../scope.js';
import { routeAnswer, ROUTE_COLUMNS, type RouteAnswer } from './route-answer.js';
import { SHIPMENTS_PROJECTION, TRAVELS } from './shipment-tables.js';

export interface PlacedRouteAnswer extends RouteAnswer {
  /** The position of the log the answer holds for. */
  readonly position: string;
}

/** Null when nothing ever went that way, or neither end may be seen. */
export class RouteOf extends Query<PlacedRouteAnswer | null> {
  constructor(
    readonly scope: Scope,
    readonly consignor: string,
    readonly consignee: string,
    /** Decimal position the answer must hold for. */
    readonly atLeast?: string,
  ) {
    super();
  }
}

@QueryHandler(RouteOf)
export class RouteOfHandler implements IQueryHandler<RouteOf> {
  constructor(private readonly models: ReadModels) {}

  async execute({
    scope,
    consignor,
    consignee,
    atLeast,
  }: RouteOf): Promise<PlacedRouteAnswer | null> {
    const ends = [consignor, consignee];
    this.models.kept.assertKeepsOne(ends);
    return ask(this.models, [SHIPMENTS_PROJECTION], atLeast, (database, position) => {
      const row = database.get(
        `SELECT ${ROUTE_COLUMNS} FROM shipment
         WHERE ${TRAVELS} AND consignor = ? AND consignee = ? GROUP BY consignor, consignee`,
        ...ends,
      );
      if (row === undefined) return null;
      if (!ends.some((end) => scope.sees(database, end as AccountId))) return null;
      return { ...routeAnswer(database, row), position };
    });
  }
}
