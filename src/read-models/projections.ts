import { batchesProjection } from './batches/batches-projection.js';
import { custodyLineProjection } from './custody-line/custody-line-projection.js';
import { demandProjection } from './demand/demand-projection.js';
import { historyProjection } from './history/history-projection.js';
import { findingsProjection } from './findings/findings-projection.js';
import type { Projection } from './projection.js';
import { shipmentsProjection } from './shipments/shipments-projection.js';
import { stockProjection } from './stock/stock-projection.js';

/** Every read model that is kept in tables. */
export const PROJECTIONS: readonly Projection[] = [
  stockProjection,
  shipmentsProjection,
  batchesProjection,
  custodyLineProjection,
  demandProjection,
  // Rests on the custody line, so it follows on it.
  historyProjection,
  findingsProjection,
];
