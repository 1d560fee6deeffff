import type { EventStore } from '../event-store/event-store.js';

/** Done of a total: events, or what positions are worth where the store cannot count events. */
export type OnProgress = (done: number, total: number) => void;

/** How far a reading of the log is. @param head of the log when it began */
export function logProgress(
  store: EventStore,
  head: bigint | null,
  onProgress: OnProgress | undefined,
): (events: number, position: bigint) => void {
  const total = head === null ? 0 : (store.eventsUpTo?.(head) ?? null);
  return (events, position) => {
    if (total !== null) onProgress?.(events, Math.max(total, events));
    else onProgress?.(Number(position), Math.max(Number(head), Number(position)));
  };
}
