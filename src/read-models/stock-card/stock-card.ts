import type { AccountId } from '../../custody/account/account-id.js';
import type { Officer } from '../../custody/account/events.js';
import { SerialSet } from '../../custody/serials/serial-set.js';
import { formatSerialRange, type SerialRange } from '../../custody/serials/serial-range.js';
import { CustodyLine } from '../custody-line/custody-line.js';
import {
  accountMovesBetween,
  detailsOf,
  type AccountMoved,
  type MoveDetails,
} from '../history/account-moves.js';
import { cutAt, type Cut, type Moment } from '../history/as-of.js';
import { asOf, type AsOf } from '../history/history-answers.js';
import { ownFlows, stockOfFlows, type StockThen } from '../history/history-stock.js';
import type { Clock } from '../history/history-tables.js';
import { addMove, moveParts, type HistoryPlace } from '../history/move.js';
import type { ReadModelDatabase } from '../read-model-database.js';
import { serialTexts, type SerialTexts } from '../serial-texts.js';
import { noCounts, type CountName } from '../stock/stock-counts.js';
import { categoryOf, CARD_CATEGORIES, type CardCategory } from './card-category.js';

/** One line of a stock card. */
export interface CardLine {
  /** By the clock in question, ISO 8601, UTC. */
  readonly time: string;
  readonly type: string;
  /** Of the first of `events` that follow each other; decimal. */
  readonly position: string;
  readonly eventId: string | null;
  readonly events: number;
  readonly officers: readonly Officer[];
  readonly counterparty: string | null;
  readonly shipmentId: string | null;
  readonly paperNumber: string | null;
  readonly category: CardCategory;
  readonly batch: string;
  readonly from: HistoryPlace;
  readonly to: HistoryPlace;
  /** Negative where it takes back what an earlier line counts. */
  readonly blanks: number;
  /** `2017-A/1..250000`, inclusive; the first 20. */
  readonly ranges: readonly string[];
  readonly truncated: boolean;
  /** In custody after it. */
  readonly usable: number;
  readonly invalid: number;
}

/** Blanks of one category in the whole period. */
export interface CategorySum {
  readonly category: CardCategory;
  readonly blanks: number;
  readonly serials: SerialTexts;
}

/** What one officer answers for in the period. */
export interface OfficerAccount {
  readonly officer: Officer;
  readonly categories: readonly CategorySum[];
}

/** Where lines and balances do not agree: none in books that close. */
export interface CardDifference {
  readonly count: CountName;
  readonly expected: number;
  readonly actual: number;
}

export interface StockCard {
  readonly from: AsOf;
  readonly to: AsOf;
  readonly opening: StockThen;
  readonly categories: readonly CategorySum[];
  readonly closing: StockThen;
  /** Opening and all lines against closing, count by count. */
  readonly differences: readonly CardDifference[];
  readonly officers: readonly OfficerAccount[];
  /** After the place asked for. */
  readonly lines: readonly CardLine[];
  /** Lines in the whole period. */
  readonly lineCount: number;
  /** Where the lines go on; null at the end. */
  readonly next: string | null;
}

const RANGES_SHOWN = 20;
/** What a card is about: what is on its way is on the books of its shipment. */
const CARD_COUNTS = ['usable', 'invalid', 'issued', 'missing', 'destroyed'] as const;

/** The books of one account in a period of one clock: after `from`, up to and with `to`. */
export function answerStockCard(
  database: ReadModelDatabase,
  question: {
    readonly account: AccountId;
    readonly clock: Clock;
    readonly from: Moment;
    readonly to: Moment;
    /** How many lines to pass over. */
    readonly after: number;
    readonly limit: number;
  },
): StockCard {
  const { account, clock, after, limit } = question;
  const [first, last] = [
    cutAt(database, clock, question.from),
    cutAt(database, clock, question.to),
  ];
  const [opening, closing] = [first, last].map((cut) =>
    stockOfFlows(ownFlows(database, cut, account)),
  ) as [StockThen, StockThen];
  const card = new CardFold(database, account, opening);
  card.take(first, last, { after, limit });
  const next =
    after + card.lines.length < card.lineCount ? String(after + card.lines.length) : null;
  return {
    from: asOf(first, null),
    to: asOf(last, null),
    opening,
    categories: card.categories,
    closing,
    differences: card.differencesTo(closing),
    officers: card.officers,
    lines: card.lines,
    lineCount: card.lineCount,
    next,
  };
}

class CardFold {
  readonly lines: CardLine[] = [];
  lineCount = 0;
  readonly #line: CustodyLine;
  readonly #counts: Record<CountName, number>;
  readonly #sums = new Sums();
  readonly #byOfficer = new Map<string, { readonly officer: Officer; readonly sums: Sums }>();

  constructor(
    private readonly database: ReadModelDatabase,
    private readonly account: AccountId,
    { byBatch: _byBatch, ...opening }: StockThen,
  ) {
    this.#line = new CustodyLine(database);
    this.#counts = { ...opening };
  }

  get categories(): readonly CategorySum[] {
    return this.#sums.all();
  }

  get officers(): readonly OfficerAccount[] {
    return [...this.#byOfficer]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, { officer, sums }]) => ({ officer, categories: sums.all() }));
  }

  differencesTo(closing: StockThen): readonly CardDifference[] {
    return CARD_COUNTS.filter((count) => this.#counts[count] !== closing[count]).map((count) => ({
      count,
      expected: closing[count],
      actual: this.#counts[count],
    }));
  }

  take(
    first: Cut,
    last: Cut,
    { after, limit }: { readonly after: number; readonly limit: number },
  ): void {
    for (const moved of accountMovesBetween(this.database, this.account, first, last)) {
      const { move } = moved;
      addMove(this.#counts, move.move, move.blanks);
      const categorised = categoryOf(move.move);
      if (categorised === null) continue;
      const { category, sign } = categorised;
      const details = detailsOf(this.database, this.#line, this.account, moved);
      this.#sum(category, sign, moved, details);
      if (this.lineCount >= after && this.lines.length < limit)
        this.lines.push(this.#lineOf(category, sign, moved, details));
      this.lineCount += 1;
    }
  }

  #sum(
    category: CardCategory,
    sign: 1 | -1,
    { move }: AccountMoved,
    { serials, entry }: MoveDetails,
  ): void {
    const ranges = serials.flatMap((it) => it.ranges);
    this.#sums.add(category, sign * move.blanks, ranges);
    const size = sizeOf(ranges);
    for (const { officer, ranges: own } of serials) {
      // On the occurred clock one entry may count at several times: part of it each time.
      const share = size === move.blanks ? sizeOf(own) : move.blanks / serials.length;
      this.#officer(officer).add(category, sign * share, own);
    }
    if (serials.length === 0 && entry !== null)
      this.#officer(entry.actor).add(category, sign * move.blanks, []);
  }

  #officer(officer: Officer): Sums {
    const key = `${officer.id};${officer.role};${officer.facilityId}`;
    const known = this.#byOfficer.get(key) ?? { officer, sums: new Sums() };
    this.#byOfficer.set(key, known);
    return known.sums;
  }

  #lineOf(
    category: CardCategory,
    sign: 1 | -1,
    { batch, move }: AccountMoved,
    { entry, serials }: MoveDetails,
  ): CardLine {
    const { from, to } = moveParts(move.move);
    const ranges = serials.flatMap((it) => it.ranges);
    const paper = entry?.details.paperNumber;
    return {
      time: new Date(move.time).toISOString(),
      type: entry?.type ?? 'BlankIssued',
      position: String(move.position),
      eventId: entry?.eventId ?? null,
      events: move.events,
      officers: serials.map(({ officer }) => officer),
      counterparty: entry?.counterparty ?? null,
      shipmentId: entry?.toShipment ?? entry?.fromShipment ?? null,
      paperNumber: typeof paper === 'string' ? paper : null,
      ...{ category, batch, from, to, blanks: sign * move.blanks },
      ranges: ranges.slice(0, RANGES_SHOWN).map(formatSerialRange),
      truncated: ranges.length > RANGES_SHOWN,
      usable: this.#counts.usable,
      invalid: this.#counts.invalid,
    };
  }
}

/** Blanks and serials by category. */
class Sums {
  readonly #blanks = new Map<CardCategory, number>();
  readonly #ranges = new Map<CardCategory, SerialRange[]>();

  add(category: CardCategory, blanks: number, ranges: readonly SerialRange[]): void {
    this.#blanks.set(category, (this.#blanks.get(category) ?? 0) + blanks);
    const known = this.#ranges.get(category) ?? [];
    this.#ranges.set(category, known);
    known.push(...ranges);
  }

  all(): readonly CategorySum[] {
    return CARD_CATEGORIES.filter((it) => this.#blanks.has(it)).map((category) => ({
      category,
      blanks: this.#blanks.get(category) ?? 0,
      serials: serialTexts(SerialSet.of(this.#ranges.get(category) ?? [])),
    }));
  }
}

function sizeOf(ranges: readonly SerialRange[]): number {
  return ranges.reduce((size, { first, last }) => size + last - first + 1, 0);
}
