import { intervalOf } from '../../custody/occurrence.js';
import type { ReadModelDatabase, Row } from '../read-model-database.js';
import { NO_BATCH } from '../stock/stock-counts.js';
import type { HistoryChanges } from './history-changes.js';
import { dayOf } from './history-day.js';
import { UNNUMBERED_MOVE, type HistoryEntry } from './move.js';

const SELECT = `SELECT position, ledger_time, stated, counted_at, cards FROM history_unnumbered
  WHERE account = ? AND revision = ?`;

/** Cards without a number have no stories: each entry counts at its own time, until it is reversed. */
export class UnnumberedCards {
  constructor(
    private readonly database: ReadModelDatabase,
    private readonly changes: HistoryChanges,
  ) {}

  take({ account, event, ledgerTime, moves }: HistoryEntry): void {
    if (event.type === 'EntryReversed' || event.type === 'OccurrenceCorrected') {
      const { revision } = event.data;
      const row = this.database.get(SELECT, account, BigInt(revision));
      if (row === undefined) return;
      const isReversal = event.type === 'EntryReversed';
      const to = isReversal ? null : intervalOf(event.data.correctedTo).earliest;
      this.#move(account, Number(revision), row, to);
      return;
    }
    const own = moves.find(({ batch }) => batch === NO_BATCH);
    if (own === undefined) return;
    const time = intervalOf(event.data.occurredAt).earliest;
    this.database.run(
      'INSERT INTO history_unnumbered VALUES (?, ?, ?, ?, ?, ?, ?)',
      account,
      event.revision,
      event.position,
      ledgerTime,
      time,
      time,
      own.blanks,
    );
    this.#post(account, Number(event.position), time, ledgerTime, own.blanks);
  }

  #move(account: HistoryEntry['account'], revision: number, row: Row, to: number | null): void {
    const [position, ledgerTime] = [Number(row.position), Number(row.ledger_time)];
    const cards = Number(row.cards);
    // What was reversed is not counted again by being corrected.
    if (row.counted_at === null) return;
    this.#post(account, position, Number(row.counted_at), ledgerTime, -cards);
    if (to !== null) this.#post(account, position, to, ledgerTime, cards);
    this.database.run(
      'UPDATE history_unnumbered SET counted_at = ? WHERE account = ? AND revision = ?',
      to,
      account,
      revision,
    );
  }

  #post(
    account: HistoryEntry['account'],
    position: number,
    time: number,
    ledgerTime: number,
    cards: number,
  ): void {
    const side = { account, move: UNNUMBERED_MOVE, consignee: null };
    const facts = { clock: 1, batch: NO_BATCH, time, position, events: 1, blanks: cards };
    this.changes.add({ ...facts, isPart: true, side });
    this.changes.late(account, NO_BATCH, [dayOf(time), dayOf(ledgerTime)], cards);
  }
}
