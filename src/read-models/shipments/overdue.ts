/** What late is measured by. */
export const OVERDUE_MEASURES = ['expected', 'route'] as const;
/**
 * `expected`: by the time agreed for the arrival. `route`: longer on the way than 95 of 100 shipments of
 * the same route took, where at least {@link LEAST_HISTORY} have arrived.
 */
export type OverdueMeasure = (typeof OVERDUE_MEASURES)[number];

/** With fewer, the 95th percentile of a route is little more than its slowest shipment. */
export const LEAST_HISTORY = 10;
