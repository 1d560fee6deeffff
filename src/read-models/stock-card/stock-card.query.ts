import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { parseAccountId, type AccountId } from '../../custody/account/account-id.js';
import { FacilityRegister } from '../../custody/facilities/facility-register.js';
import { isStanding } from '../accounts/known-account.js';
import { CUSTODY_LINE_PROJECTION } from '../custody-line/custody-tables.js';
import { cursorAt, pageSize, placeOf, type Cursor } from '../cursor.js';
import { atLeastOf, type Moment } from '../history/as-of.js';
import { HISTORY_PROJECTION, type Clock } from '../history/history-tables.js';
import { askApart, ReadModels } from '../read-models.js';
import type { Scope } from '../scope.js';
import type { StockCard } from './stock-card.js';

export interface StockCardAnswer extends Omit<StockCard, 'next'> {
  readonly account: AccountId;
  readonly nextCursor: Cursor | null;
  /** The position of the log that was known when the answer was made. */
  readonly position: string;
}

/** Null when there is no such account, or none that the scope sees. */
export class StockCardOf extends Query<StockCardAnswer | null> {
  constructor(
    readonly scope: Scope,
    readonly account: string,
    readonly clock: Clock,
    readonly from: Moment,
    readonly to: Moment,
    readonly cursor: Cursor | null,
    /** Of lines, held to 1..1,000. */
    readonly limit: number,
    /** Decimal position the answer must know. */
    readonly atLeast?: string,
  ) {
    super();
  }
}

const LISTING = 'stock-card';
const RESTS_ON = [CUSTODY_LINE_PROJECTION, HISTORY_PROJECTION];

@QueryHandler(StockCardOf)
export class StockCardOfHandler implements IQueryHandler<StockCardOf> {
  constructor(
    private readonly models: ReadModels,
    private readonly register: FacilityRegister,
  ) {}

  /** @throws {InvalidCursor} */
  async execute(query: StockCardOf): Promise<StockCardAnswer | null> {
    const { scope, clock, from, to, cursor, limit, atLeast } = query;
    const { models, register } = this;
    const account = parseAccountId(query.account);
    if (account === null || !scope.seesIn(register, account)) return null;
    models.kept.assertKeepsOne([account]);
    const after = cursor === null ? 0 : Number(placeOf(LISTING, cursor));
    const question = { account, clock, from, to, after, limit: pageSize(limit) };
    const wanted = atLeastOf(atLeast, [from, to]);
    const { answer, position } = await askApart(models, RESTS_ON, wanted, 'stockCard', question);
    const isOnRecord = answer.lineCount > 0 || Object.values(answer.closing).some((it) => it !== 0);
    if (!isOnRecord && !isStanding(account, register)) return null;
    const { next, ...card } = answer;
    const nextCursor = next === null ? null : cursorAt(LISTING, next);
    return { account, ...card, nextCursor, position };
  }
}
