import { moveOf, type HistoryPlace, type Move } from '../history/move.js';

/** What a stock card counts apart. */
export const CARD_CATEGORIES = [
  'produced',
  'received',
  'recovered',
  'surrendered',
  'spoiled',
  'issued',
  'shipped',
  'destroyed',
  'missing',
  'missing_on_arrival',
] as const;
export type CardCategory = (typeof CARD_CATEGORIES)[number];

const MOVES: Readonly<Record<CardCategory, readonly (readonly [HistoryPlace, HistoryPlace])[]>> = {
  produced: [['unproduced', 'usable']],
  received: [
    ['transitIn', 'usable'],
    ['transitIn', 'invalid'],
  ],
  recovered: [
    ['missing', 'usable'],
    ['missing', 'invalid'],
  ],
  surrendered: [
    ['issued', 'invalid'],
    ['issued', 'transitOut'],
  ],
  spoiled: [['usable', 'invalid']],
  issued: [['usable', 'issued']],
  shipped: [
    ['usable', 'transitOut'],
    ['invalid', 'transitOut'],
  ],
  destroyed: [['invalid', 'destroyed']],
  missing: [
    ['usable', 'missing'],
    ['invalid', 'missing'],
  ],
  missing_on_arrival: [['transitIn', 'missing']],
};

/** A category, and -1 where the move takes back what one of that category did. */
export interface Categorised {
  readonly category: CardCategory;
  readonly sign: 1 | -1;
}

const BY_MOVE: ReadonlyMap<Move, Categorised> = new Map(
  CARD_CATEGORIES.flatMap((category) =>
    MOVES[category].flatMap(([from, to]): (readonly [Move, Categorised])[] => [
      [moveOf(from, to), { category, sign: 1 }],
      [moveOf(to, from), { category, sign: -1 }],
    ]),
  ),
);

/** Null for what only tells of the other end of a shipment, and for cards without a number. */
export function categoryOf(move: Move): Categorised | null {
  // A recovery takes back no loss: it is a category of its own, and so is the other way about.
  const own = CARD_CATEGORIES.find((category) =>
    MOVES[category].some(([from, to]) => moveOf(from, to) === move),
  );
  return own === undefined ? (BY_MOVE.get(move) ?? null) : { category: own, sign: 1 };
}
