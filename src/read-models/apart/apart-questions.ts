import type { ReadModelDatabase } from '../read-model-database.js';
import { answerFinding } from '../findings/finding-answer.js';
import { answerStockCard } from '../stock-card/stock-card.js';
import { answerStockAsOf, answerStockDiff, answerStocksAsOf } from '../history/history-answers.js';
import { answerGaps } from '../missing/gap-pages.js';
import { answerTraceSerials } from '../trace/traced-serials.js';

/**
 * Questions that may take longer than the thread that serves requests should be held up: each is a plain
 * function of the read models and of parameters that survive structured cloning, so that any thread can
 * answer it.
 */
export const APART_QUESTIONS = {
  stockAsOf: answerStockAsOf,
  stocksAsOf: answerStocksAsOf,
  stockDiff: answerStockDiff,
  traceSerials: answerTraceSerials,
  gaps: answerGaps,
  finding: answerFinding,
  stockCard: answerStockCard,
} as const satisfies Readonly<
  Record<string, (database: ReadModelDatabase, parameters: never) => unknown>
>;

export type ApartName = keyof typeof APART_QUESTIONS;
export type ApartParameters<N extends ApartName> = Parameters<(typeof APART_QUESTIONS)[N]>[1];
export type ApartAnswer<N extends ApartName> = ReturnType<(typeof APART_QUESTIONS)[N]>;

/** An answer, and the position of the log that it holds for, decimal. */
export interface Answered<T> {
  readonly answer: T;
  readonly position: string;
}

/** In one snapshot. @param names the projections that the question rests on */
export function answerApart<N extends ApartName>(
  database: ReadModelDatabase,
  name: N,
  parameters: ApartParameters<N>,
  positionOf: () => bigint | null,
): Answered<ApartAnswer<N>> {
  return database.snapshot(() => {
    const question = APART_QUESTIONS[name] as (
      database: ReadModelDatabase,
      parameters: ApartParameters<N>,
    ) => ApartAnswer<N>;
    const position = String(positionOf() ?? 0n);
    return { answer: question(database, parameters), position };
  });
}
