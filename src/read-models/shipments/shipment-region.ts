import type { ReadModelDatabase } from '../read-model-database.js';
import type { Scope, ScopeCondition } from '../scope.js';

/** Shipments to or from a region, as a condition on rows of `shipment`; both ends are indexed. */
export function touches(scope: Scope, database: ReadModelDatabase): ScopeCondition {
  if (scope.isNation) return { sql: '1', values: [] };
  const from = scope.condition(database, 'consignor');
  const to = scope.condition(database, 'consignee');
  return {
    sql: `shipment_id IN (SELECT shipment_id FROM shipment WHERE ${from.sql}
      UNION ALL SELECT shipment_id FROM shipment WHERE ${to.sql})`,
    values: [...from.values, ...to.values],
  };
}
