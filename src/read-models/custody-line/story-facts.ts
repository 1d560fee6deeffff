import { parseShipmentId, type AccountId } from '../../custody/account/account-id.js';
import { isInTransit, type PlaceName } from './places.js';
import type { StoryStep } from './story.js';

/** A shipment that serials travelled in, as their story tells it. */
export interface Journey {
  readonly shipmentId: string;
  /** The dispatch, refusal or surrender that put them on the way. */
  readonly sent: StoryStep;
  /** What took them off it: a receipt, a loss, a refusal that sent them back. Null while on the way. */
  readonly settled: StoryStep | null;
}

export interface Route {
  readonly shipmentId: string;
  readonly consignor: AccountId;
  readonly consignee: AccountId;
}

/** What was not undone, and did not undo. */
export function standingSteps(steps: readonly StoryStep[]): readonly StoryStep[] {
  return steps.filter(({ isReversed, isReversal }) => !isReversed && !isReversal);
}

/** Where a step put the serials on the way; null where it did not. */
export function routeOf({ entry, to }: StoryStep): Route | null {
  const { toShipment, account, counterparty } = entry;
  const consignor = toShipment === null ? null : parseShipmentId(toShipment)?.consignor;
  if (toShipment === null || !isInTransit(to) || consignor === null || consignor === undefined)
    return null;
  // Whoever sends names whom it is for; only the consignee gives back to a shipment what it took from it.
  const consignee = consignor === account ? (counterparty ?? account) : account;
  return { shipmentId: toShipment, consignor, consignee };
}

/** The shipments of a story in order, each with its two sides. */
export function journeysOf(steps: readonly StoryStep[]): readonly Journey[] {
  const journeys: Journey[] = [];
  for (const step of standingSteps(steps)) {
    const last = journeys.at(-1);
    const { fromShipment, toShipment } = step.entry;
    if (isInTransit(step.from) && last?.shipmentId === fromShipment && last.settled === null)
      journeys[journeys.length - 1] = { ...last, settled: step };
    if (isInTransit(step.to) && toShipment !== null)
      journeys.push({ shipmentId: toShipment, sent: step, settled: null });
  }
  return journeys;
}

/** Whether an officer of either end signed for them: one that they left, one that they came. */
export function isTwoSided({ settled }: Journey): boolean {
  return settled !== null && (settled.to === 'usable' || settled.to === 'invalid');
}

/** The last of them that both ends signed for. */
export function lastHandover(steps: readonly StoryStep[]): Journey | null {
  return journeysOf(steps).findLast(isTwoSided) ?? null;
}

const IN_HAND: readonly PlaceName[] = ['usable', 'invalid', 'issued', 'destroyed'];

/** Whose books they were last in hand in: not on the way, not missing. Null for none. */
export function lastHolder(steps: readonly StoryStep[]): AccountId | null {
  return standingSteps(steps).findLast(({ to }) => IN_HAND.includes(to))?.entry.account ?? null;
}
