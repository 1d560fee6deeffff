import { manifestOf, openPart } from '../../src/custody/account/incoming-shipment.js';
import type { BatchCode } from '../../src/custody/serials/serial-number.js';
import type { World } from './projection-world.js';

/** Where a world has a serial: `usable 31.71`, `transit 00-000001`; null for one that was never made. */
export function placeInWorld(world: World, batch: BatchCode, number: number): string | null {
  for (const [id, account] of world.accounts)
    for (const state of ['usable', 'invalid', 'issued', 'missing', 'destroyed'] as const)
      if (account[state].has(batch, number)) return `${state} ${id}`;
  for (const shipment of world.shipments.values()) {
    const consignee = world.accounts.get(shipment.consignee);
    if (consignee === undefined) continue;
    if (manifestOf(openPart(consignee, shipment)).has(batch, number))
      return `transit ${shipment.shipmentId}`;
  }
  return null;
}
