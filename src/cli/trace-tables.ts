import type { SerialTexts } from '../read-models/serial-texts.js';
import type { StoryGroup } from '../read-models/trace/story-groups.js';
import type { Whereabouts } from '../read-models/trace/trace-entry.js';
import { figure, print, printTable } from './output.js';

/** The first range, and how many serials there are if that is not all. */
export function serialsText({ count, ranges }: SerialTexts): string {
  const [first = ''] = ranges;
  return ranges.length < 2 ? first : `${first} … (${figure(count)})`;
}

/** `usable at 31.71`, or on the way. */
export function whereText(now: Whereabouts | null): string {
  if (now === null) return 'elsewhere';
  const { place, account, shipment } = now;
  if (shipment === null) return `${place} at ${String(account)}`;
  return `on the way to ${shipment.consignee} (${shipment.shipmentId})`;
}

/** Serials with one story each: where they are, and who gave them to whom. */
export function printGroups(
  groups: readonly StoryGroup[],
  leading: { readonly head: string; readonly cell: (index: number) => string } | null = null,
): void {
  if (groups.length === 0) return;
  const heads = ['serials', 'blanks', 'where', 'last in hand', 'last handover', 'given by', 'to'];
  const rows = groups.map(({ serials, now, lastHolder, lastHandover }) => [
    serialsText(serials),
    serials.count,
    whereText(now),
    lastHolder ?? '',
    lastHandover?.shipmentId ?? '',
    lastHandover?.sentBy.id ?? '',
    lastHandover?.receivedBy.id ?? '',
  ]);
  if (leading === null) printTable(heads, rows);
  else
    printTable(
      [leading.head, ...heads],
      rows.map((row, index) => [leading.cell(index), ...row]),
    );
}

/** One line for serials of which there are some. */
export function printSerials(what: string, serials: SerialTexts): void {
  if (serials.count > 0) print(`${what}: ${serialsText(serials)}`);
}
