import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { batchAccount, facilityAccount, type AccountId } from '../../custody/account/account-id.js';
import { CENTRAL_STORE, type FacilityId } from '../../custody/facilities/facility-code.js';
import { FacilityRegister } from '../../custody/facilities/facility-register.js';
import type { Facility } from '../../custody/facilities/facility.js';
import { parseBatchCode, type BatchCode } from '../../custody/serials/serial-number.js';
import { BATCHES_PROJECTION } from '../batches/batches-projection.js';
import { holdingsOf } from '../custody-line/account-holdings.js';
import { CustodyLine } from '../custody-line/custody-line.js';
import { CUSTODY_LINE_PROJECTION } from '../custody-line/custody-tables.js';
import type { ReadModelDatabase } from '../read-model-database.js';
import { ask, ReadModels } from '../read-models.js';
import type { Scope } from '../scope.js';
import { serialTexts, type SerialTexts } from '../serial-texts.js';
import { SHIPMENTS_PROJECTION } from '../shipments/shipment-tables.js';
import { STOCK_PROJECTION } from '../stock/stock-tables.js';
import { batchCounts, isNothing, type BatchCounts } from './batch-counts.js';
import { shipmentsOnTheWay, type OnTheWay } from './on-the-way.js';

/** The deepest that one answer goes below the facility it is asked for. */
export const MAX_DEPTH = 4;
/** The most facilities of one answer. */
const MAX_NODES = 2_000;

/** Blanks of the batch with a facility and all below it. */
export interface TreeNode extends BatchCounts {
  readonly facilityId: string;
  readonly code: string;
  readonly name: string;
  readonly level: string;
  /** In code order, those with nothing of the batch left out; none where the answer ends. */
  readonly children: readonly TreeNode[];
  /** Whether there is more below than `children` tells. */
  readonly isCut: boolean;
}

/** What one account itself has of the batch, by its serials; what was issued or destroyed by its number only. */
export interface AccountLeaf extends BatchCounts {
  readonly account: string;
  readonly usableSerials: SerialTexts;
  readonly invalidSerials: SerialTexts;
  readonly missingSerials: SerialTexts;
}

export interface BatchTreeAnswer {
  readonly batch: string;
  readonly tree: TreeNode;
  /** The facility itself; for the nation also the batch at its vendor, and evidence. */
  readonly accounts: readonly AccountLeaf[];
  /** To or from the facility or one below it. */
  readonly onTheWay: OnTheWay;
  /** The position of the log the answer holds for. */
  readonly position: string;
}

/**
 * Where the blanks of a batch are, from a facility downwards: the nation, unless another is named. Null when
 * there is no such batch or facility, or it is not within the region asked for.
 */
export class BatchTree extends Query<BatchTreeAnswer | null> {
  constructor(
    readonly scope: Scope,
    readonly batch: string,
    /** Default: the region asked for. */
    readonly within: string | null,
    /** Levels below it: held to 0..{@link MAX_DEPTH}. */
    readonly depth: number,
    /** Decimal position the answer must hold for. */
    readonly atLeast?: string,
  ) {
    super();
  }
}

const PROJECTIONS = [
  CUSTODY_LINE_PROJECTION,
  SHIPMENTS_PROJECTION,
  STOCK_PROJECTION,
  BATCHES_PROJECTION,
];

@QueryHandler(BatchTree)
export class BatchTreeHandler implements IQueryHandler<BatchTree> {
  constructor(
    private readonly models: ReadModels,
    private readonly register: FacilityRegister,
  ) {}

  async execute({
    scope,
    batch,
    within,
    depth,
    atLeast,
  }: BatchTree): Promise<BatchTreeAnswer | null> {
    const code = parseBatchCode(batch);
    const facility = this.register.get((within ?? scope.facilityId) as FacilityId);
    if (!code.ok || facility === null) return null;
    // The batch is the nation's.
    this.models.kept.assertAll();
    return ask(this.models, PROJECTIONS, atLeast, (database, position) => {
      const { facilityId } = facility;
      if (!scope.sees(database, facilityAccount(facilityId))) return null;
      if (database.get('SELECT 1 FROM batch WHERE code = ?', batch) === undefined) return null;
      const levels = Math.min(Math.max(depth, 0), MAX_DEPTH);
      const growing = { database, register: this.register, batch: code.value, left: MAX_NODES };
      return {
        batch,
        tree: grow(growing, facility, levels),
        accounts: leavesOf(database, facilityId, code.value),
        onTheWay: shipmentsOnTheWay(database, facilityId, code.value),
        position,
      };
    });
  }
}

interface Growing {
  readonly database: ReadModelDatabase;
  readonly register: FacilityRegister;
  readonly batch: BatchCode;
  /** Facilities that may yet be told of. */
  left: number;
}

function grow(growing: Growing, facility: Facility, levels: number): TreeNode {
  const { database, register, batch } = growing;
  const { facilityId, code, name, level } = facility;
  growing.left -= 1;
  const children: TreeNode[] = [];
  let isCut = false;
  for (const child of register.children(facilityId)) {
    if (isNothing(batchCounts(database, 'stock_total', child.facilityId, batch))) continue;
    if (levels === 0 || growing.left <= 0) {
      isCut = true;
      break;
    }
    children.push(grow(growing, child, levels - 1));
  }
  const counts = batchCounts(database, 'stock_total', facilityId, batch);
  return { facilityId, code, name, level, ...counts, children, isCut };
}

/** Accounts that stand under no facility count in the nation alone. */
function accountsAt(
  database: ReadModelDatabase,
  facilityId: FacilityId,
  batch: BatchCode,
): readonly AccountId[] {
  const itself = facilityAccount(facilityId);
  if (facilityId !== CENTRAL_STORE) return [itself];
  const rows = database.all(
    `SELECT account FROM stock_own WHERE account > 'E.' AND account < 'E/' AND batch = ?`,
    batch,
  );
  const evidence = rows.map(({ account }) => String(account) as AccountId);
  return [batchAccount(batch), itself, ...evidence];
}

function leavesOf(
  database: ReadModelDatabase,
  facilityId: FacilityId,
  batch: BatchCode,
): readonly AccountLeaf[] {
  const line = new CustodyLine(database);
  return accountsAt(database, facilityId, batch).flatMap((account) => {
    const counts = batchCounts(database, 'stock_own', account, batch);
    if (isNothing(counts)) return [];
    const { usable, invalid, missing } = holdingsOf(database, line, account, batch);
    const serials = {
      usableSerials: serialTexts(usable),
      invalidSerials: serialTexts(invalid),
      missingSerials: serialTexts(missing),
    };
    return [{ account, ...counts, ...serials }];
  });
}
