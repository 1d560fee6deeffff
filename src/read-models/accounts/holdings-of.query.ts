import { Inject } from '@nestjs/common';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { accountParts, parseAccountId } from '../../custody/account/account-id.js';
import { FacilityRegister } from '../../custody/facilities/facility-register.js';
import type { EventStore } from '../../event-store/event-store.js';
import { EVENT_STORE } from '../../tokens.js';
import { MAX_PAGE } from '../cursor.js';
import { ask, ReadModels } from '../read-models.js';
import type { Scope } from '../scope.js';
import { serialTexts, type SerialTexts } from '../serial-texts.js';
import { SUMMARY_COLUMNS, summaryOf, type ShipmentSummary } from '../shipments/shipment-answer.js';
import { SHIPMENTS_PROJECTION } from '../shipments/shipment-tables.js';
import { AccountFolds, type FoldedAccount } from './account-folds.js';
import { isStanding } from './known-account.js';

export interface Holdings {
  readonly account: string;
  readonly kind: 'facility' | 'batch' | 'evidence';
  readonly usable: SerialTexts;
  readonly invalid: SerialTexts;
  readonly missing: SerialTexts;
  readonly issuedCount: number;
  readonly destroyedCount: number;
  /** Cards without a legible serial. */
  readonly unnumbered: number;
  readonly custodian: string | null;
  /** Of the account's last event: what a stock count names as the books it was made against. */
  readonly revision: string | null;
  /** Of the account's last event; the shipments hold for at least this one. */
  readonly position: string | null;
  /** On their way here, the latest first, at most 1,000. */
  readonly incoming: readonly ShipmentSummary[];
}

/**
 * What an account answers for at this moment. Null when there is no such account: a text that names none,
 * a facility that is not in the register, a batch or evidence case of which nothing is on record.
 */
export class HoldingsOf extends Query<Holdings | null> {
  constructor(
    readonly scope: Scope,
    readonly account: string,
  ) {
    super();
  }
}

const INCOMING = `SELECT ${SUMMARY_COLUMNS} FROM shipment
  WHERE consignee = ? AND state <> 'closed' ORDER BY shipment.position DESC LIMIT ?`;

@QueryHandler(HoldingsOf)
export class HoldingsOfHandler implements IQueryHandler<HoldingsOf> {
  private readonly folds: AccountFolds;

  constructor(
    @Inject(EVENT_STORE) store: EventStore,
    private readonly models: ReadModels,
    private readonly register: FacilityRegister,
  ) {
    this.folds = new AccountFolds(store);
  }

  async execute({ scope, account }: HoldingsOf): Promise<Holdings | null> {
    const id = parseAccountId(account);
    if (id === null) return null;
    this.models.kept.assertKeepsOne([id]);
    if (!scope.sees(this.models.database, id)) return null;
    const folded = await this.folds.fold(id);
    const atLeast = folded.position === null ? undefined : String(folded.position);
    const incoming = await ask(this.models, [SHIPMENTS_PROJECTION], atLeast, (database) =>
      database.all(INCOMING, id, MAX_PAGE).map(summaryOf),
    );
    const isOnRecord = folded.revision !== null || incoming.length > 0;
    return isOnRecord || isStanding(id, this.register) ? holdings(folded, incoming) : null;
  }
}

function holdings(
  { account, revision, position }: FoldedAccount,
  incoming: readonly ShipmentSummary[],
): Holdings {
  return {
    account: account.id,
    kind: accountParts(account.id).kind,
    usable: serialTexts(account.usable),
    invalid: serialTexts(account.invalid),
    missing: serialTexts(account.missing),
    issuedCount: account.issued.size,
    destroyedCount: account.destroyed.size,
    unnumbered: account.unnumbered,
    custodian: account.custodian,
    revision: revision === null ? null : String(revision),
    position: position === null ? null : String(position),
    incoming,
  };
}
