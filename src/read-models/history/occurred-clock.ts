import type { AccountId, ShipmentId } from '../../custody/account/account-id.js';
import type { CustodyEvent, Place } from '../../custody/account/events.js';
import { serialsMovedBy } from '../../custody/account/postings.js';
import { intervalOf } from '../../custody/occurrence.js';
import type { Recorded } from '../../event-store/codec/ledger-event.js';
import { CustodyLine } from '../custody-line/custody-line.js';
import { storyRuns } from '../custody-line/stories.js';
import type { PlaceName } from '../custody-line/places.js';
import type { StoryRun } from '../custody-line/story.js';
import type { IssuanceColumns } from '../issuance-columns.js';
import type { ReadModelDatabase } from '../read-model-database.js';
import type { HistoryChanges } from './history-changes.js';
import { dayOf } from './history-day.js';
import { issuedSerial } from './issued-serials.js';
import { ISSUED_MOVE, placeKey, sidesOf, type HistoryEntry, type Side } from './move.js';
import { SerialRanges } from './serial-ranges.js';
import { effectivesUpTo, type Effective } from './effective.js';
import { UnnumberedCards } from './unnumbered-cards.js';

const OCCURRED = 1;

/**
 * What a stretch of the log changes on the occurred clock.
 *
 * An entry takes effect at its stated time, unless serials came to the place that it takes them from by
 * an entry of a later time: a bound kept for each place says so without a look at any serial. Only where it
 * may be so, and where something was reversed or corrected, the stories of the serials are read, and what they
 * came to before the stretch is exchanged for what they come to now. The custody line must hold the stretch
 * already.
 */
export class OccurredClock {
  readonly #line: CustodyLine;
  readonly #bounds = new Map<string, number>();
  readonly #raised = new Set<string>();
  /** Serials whose stories are to be read. */
  readonly #told = new SerialRanges();
  readonly #unnumbered: UnnumberedCards;
  /** The latest time that any entry was corrected to: none before it is sure of its predecessor. */
  #floor: number;

  constructor(
    private readonly database: ReadModelDatabase,
    private readonly changes: HistoryChanges,
  ) {
    this.#line = new CustodyLine(database);
    this.#unnumbered = new UnnumberedCards(database, changes);
    const latest = database.get('SELECT max(corrected_to) AS latest FROM history_correction');
    this.#floor = typeof latest?.latest === 'number' ? latest.latest : -Infinity;
  }

  /**
   * @param before no event before the stretch has a later position
   * @param through nor has one of the stretch
   */
  take(
    entries: readonly HistoryEntry[],
    issuances: IssuanceColumns,
    { before, through }: { readonly before: number; readonly through: number },
  ): void {
    this.#weigh(entries, issuances);
    for (const entry of entries) this.#count(entry);
    this.#countIssuances(issuances);
    for (const batch of this.#told.batches())
      for (const { first, last } of this.#told.of(batch))
        for (const run of storyRuns(this.#line, batch, first, last))
          this.#exchange(batch, run, before, through);
    this.#keepBounds();
  }

  /** Finds, in the order of the log, which serials need their stories read. */
  #weigh(entries: readonly HistoryEntry[], issuances: IssuanceColumns): void {
    let row = 0;
    for (const entry of entries) {
      row = this.#weighIssuances(issuances, row, Number(entry.event.position));
      this.#weighEntry(entry);
    }
    this.#weighIssuances(issuances, row, Infinity);
  }

  #weighEntry({ account, event, moves }: HistoryEntry): void {
    if (event.type === 'EntryReversed') {
      for (const { batch, first, last } of serialsMovedBy(event).ranges())
        this.#told.add(batch, first, last);
    } else if (event.type === 'OccurrenceCorrected') this.#correct(account, event);
    else {
      const { earliest } = intervalOf(event.data.occurredAt);
      for (const { batch, ranges, fromKey, toKey } of moves) {
        if (ranges.length === 0) continue;
        const bound = fromKey === null ? -Infinity : this.#bound(fromKey);
        if (earliest < bound || earliest < this.#floor)
          for (const { first, last } of ranges) this.#told.add(batch, first, last);
        this.#raise(toKey, Math.max(earliest, bound));
      }
    }
  }

  /** Rows up to a position; gives the first that is not. */
  #weighIssuances(issuances: IssuanceColumns, from: number, end: number): number {
    const { count, accounts, batches, account, batch, number, position, occurredAt } = issuances;
    let row = from;
    while (row < count && (position[row] ?? 0) < end) {
      const [owner, time] = [account[row] ?? 0, occurredAt[row] ?? 0];
      const issuer = accounts[owner];
      if (issuer === undefined) return count;
      const bound = this.#bound(placeKey(issuer, 'usable'));
      const isTold = time < bound || time < this.#floor;
      this.#raise(placeKey(issuer, 'issued'), Math.max(time, bound));
      while (
        row < count &&
        account[row] === owner &&
        occurredAt[row] === time &&
        (position[row] ?? 0) < end
      ) {
        const serial = number[row] ?? 0;
        if (isTold) this.#told.add(batches[batch[row] ?? 0] ?? '', serial, serial);
        row++;
      }
    }
    return row;
  }

  #correct(
    account: AccountId,
    event: Recorded<CustodyEvent> & { readonly type: 'OccurrenceCorrected' },
  ): void {
    const { revision, correctedTo } = event.data;
    const { earliest } = intervalOf(correctedTo);
    this.database.run(
      'INSERT INTO history_correction VALUES (?, ?, ?, ?)',
      account,
      BigInt(revision),
      event.position,
      earliest,
    );
    this.#floor = Math.max(this.#floor, earliest);
    const issued = issuedSerial(this.database, this.#line, account, Number(revision));
    if (issued !== null) this.#told.add(issued.batch, issued.number, issued.number);
    const entry = this.#line.entryOf(account, Number(revision));
    if (entry === null) return;
    for (const { batch, first, last } of this.#line.rangesOf(entry.position))
      this.#told.add(batch, first, last);
  }

  #count(entry: HistoryEntry): void {
    const { account, event, ledgerTime, moves } = entry;
    this.#unnumbered.take(entry);
    if (event.type === 'EntryReversed') return;
    const time = intervalOf(event.data.occurredAt).earliest;
    const position = Number(event.position);
    for (const { batch, ranges, sides } of moves) {
      const blanks = this.#told.sizeOutside(batch, ranges);
      if (blanks === 0) continue;
      const at = { clock: OCCURRED, batch, time, position, events: 1, blanks, isPart: true };
      for (const side of sides) this.changes.add({ ...at, side });
      this.changes.late(account, batch, [dayOf(time), dayOf(ledgerTime)], blanks);
    }
  }

  #countIssuances(issuances: IssuanceColumns): void {
    const { count, accounts, batches, account, batch, number, position } = issuances;
    const { occurredAt, ledgerTime } = issuances;
    for (let row = 0, next = 0; row < count; row = next) {
      const [owner, of, time] = [account[row], batch[row], occurredAt[row] ?? 0];
      const [issuer, batchCode] = [accounts[owner ?? 0], batches[of ?? 0] ?? ''];
      next = row + 1;
      if (issuer === undefined || this.#isTold(batchCode, number[row] ?? 0)) continue;
      const day = dayOf(ledgerTime[row] ?? 0);
      while (
        next < count &&
        account[next] === owner &&
        batch[next] === of &&
        occurredAt[next] === time &&
        position[next] === (position[next - 1] ?? 0) + 1 &&
        dayOf(ledgerTime[next] ?? 0) === day &&
        !this.#isTold(batchCode, number[next] ?? 0)
      )
        next++;
      const events = next - row;
      this.changes.add({
        ...{ clock: OCCURRED, batch: batchCode, time, position: position[row] ?? 0, events },
        ...{ blanks: events, isPart: false },
        side: { account: issuer, move: ISSUED_MOVE, consignee: null },
      });
      this.changes.late(issuer, batchCode, [dayOf(time), day], events);
    }
  }

  #isTold(batch: string, number: number): boolean {
    return !this.#told.isEmpty && this.#told.has(batch, number);
  }

  /** What the serials of a run came to before the stretch, for what they come to now. */
  #exchange(
    batch: string,
    { first, last, steps }: StoryRun,
    before: number,
    through: number,
  ): void {
    const size = last - first + 1;
    const old = effectivesUpTo(this.database, steps, before);
    const now = effectivesUpTo(this.database, steps, through);
    for (const [index, step] of steps.entries()) {
      const [was, is] = [old.get(index), now.get(index)];
      if (was?.time === is?.time) continue;
      const account = step.entry.account;
      const consignee = isSending(step.entry.type) ? step.entry.counterparty : null;
      const sides = sidesOf(
        account,
        placeOf(step.from, step.entry.fromShipment),
        placeOf(step.to, step.entry.toShipment),
        consignee ?? account,
      );
      if (was !== undefined) this.#post(batch, sides, was, -size);
      if (is !== undefined) this.#post(batch, sides, is, size);
    }
  }

  #post(batch: string, sides: readonly Side[], { entry, time }: Effective, blanks: number): void {
    const { position, account, ledgerTime } = entry;
    for (const side of sides)
      this.changes.add({
        ...{ clock: OCCURRED, batch, time, position, events: 1, blanks, isPart: true },
        side,
      });
    this.changes.late(account, batch, [dayOf(time), dayOf(ledgerTime)], blanks);
  }

  #bound(place: string): number {
    const known = this.#bounds.get(place);
    if (known !== undefined) return known;
    const row = this.database.get('SELECT latest FROM history_bound WHERE place = ?', place);
    const bound = row === undefined ? -Infinity : Number(row.latest);
    this.#bounds.set(place, bound);
    return bound;
  }

  #raise(place: string, time: number): void {
    if (time <= this.#bound(place)) return;
    this.#bounds.set(place, time);
    this.#raised.add(place);
  }

  #keepBounds(): void {
    for (const place of [...this.#raised].sort())
      this.database.run(
        'INSERT OR REPLACE INTO history_bound VALUES (?, ?)',
        place,
        this.#bound(place),
      );
  }
}

function isSending(type: CustodyEvent['type']): boolean {
  return type === 'ShipmentDispatched' || type === 'ShipmentRefused' || type === 'CardSurrendered';
}

function placeOf(place: PlaceName, shipmentId: string | null): Place {
  if (place !== 'transit_usable' && place !== 'transit_invalid') return { place };
  const state = place === 'transit_usable' ? 'usable' : 'invalid';
  return { place: 'transit', shipmentId: shipmentId as ShipmentId, state };
}
