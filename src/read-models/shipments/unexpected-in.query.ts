import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import type { AccountId } from '../../custody/account/account-id.js';
import { formatSerialRange, type SerialRange } from '../../custody/serials/serial-range.js';
import { SerialSet, type SerialSetJson } from '../../custody/serials/serial-set.js';
import { CustodyLine } from '../custody-line/custody-line.js';
import { CUSTODY_LINE_PROJECTION } from '../custody-line/custody-tables.js';
import { isInTransit, type PlaceName } from '../custody-line/places.js';
import { storyRuns } from '../custody-line/stories.js';
import type { StoryRun } from '../custody-line/story.js';
import { MAX_PAGE } from '../cursor.js';
import type { ReadModelDatabase } from '../read-model-database.js';
import { ask, ReadModels } from '../read-models.js';
import { Scope } from '../scope.js';
import { SHIPMENTS_PROJECTION } from './shipment-tables.js';

/** Where the books have serials now. */
export interface Holder {
  /** `unproduced`: the books know of no such serial. */
  readonly place: PlaceName;
  /** Who answers for them; null for what was never produced. In transit: who sent them. */
  readonly account: string | null;
  /** In transit: the shipment. */
  readonly shipmentId: string | null;
  /** The entry that brought them there. */
  readonly eventId: string | null;
}

export interface HeldSerials {
  /** One range, `2017-A/9001..9003`. */
  readonly serials: string;
  /** Null where the books have them outside what may be seen. */
  readonly holder: Holder | null;
}

/** What one receipt found that the manifest does not name. */
export interface UnexpectedFound {
  readonly eventId: string;
  /** Who received it. */
  readonly account: string;
  readonly recordedAt: string;
  readonly count: number;
  /** In order, the first {@link MAX_HELD}. */
  readonly held: readonly HeldSerials[];
  readonly truncated: boolean;
}

export interface UnexpectedAnswer {
  readonly shipmentId: string;
  readonly receipts: readonly UnexpectedFound[];
  /** The position of the log the answer holds for. */
  readonly position: string;
}

/** The most ranges told of one receipt, and the most stretches of the books read for it. */
const MAX_HELD = 100;
const MAX_RUNS = 1_000;

/**
 * The serials found in a shipment that its manifest does not name, and with whom the books have them
 * now. Null when there is no such shipment, or neither of its ends may be seen.
 */
export class UnexpectedIn extends Query<UnexpectedAnswer | null> {
  constructor(
    readonly scope: Scope,
    readonly shipmentId: string,
    /** Decimal position the answer must hold for. */
    readonly atLeast?: string,
  ) {
    super();
  }
}

@QueryHandler(UnexpectedIn)
export class UnexpectedInHandler implements IQueryHandler<UnexpectedIn> {
  constructor(private readonly models: ReadModels) {}

  async execute({ scope, shipmentId, atLeast }: UnexpectedIn): Promise<UnexpectedAnswer | null> {
    // They may be of any office of the nation.
    this.models.kept.assertAll();
    const sources = [SHIPMENTS_PROJECTION, CUSTODY_LINE_PROJECTION];
    return ask(this.models, sources, atLeast, (database, position) => {
      const ends = database.get(
        'SELECT consignor, consignee FROM shipment WHERE shipment_id = ?',
        shipmentId,
      );
      if (ends === undefined) return null;
      const accounts = [ends.consignor, ends.consignee].map((end) => String(end) as AccountId);
      if (!accounts.some((end) => scope.sees(database, end))) return null;
      const rows = database.all(
        `SELECT event_id, account, recorded_at, serials, blanks FROM shipment_unexpected
         WHERE shipment_id = ? ORDER BY position LIMIT ?`,
        shipmentId,
        MAX_PAGE,
      );
      const receipts = rows.map((row) => ({
        eventId: String(row.event_id),
        account: String(row.account),
        recordedAt: String(row.recorded_at),
        count: Number(row.blanks),
        ...heldOf(database, scope, JSON.parse(String(row.serials)) as SerialSetJson),
      }));
      return { shipmentId, receipts, position };
    });
  }
}

interface Held extends SerialRange {
  readonly holder: Holder;
}

function heldOf(
  database: ReadModelDatabase,
  scope: Scope,
  serials: SerialSetJson,
): Pick<UnexpectedFound, 'held' | 'truncated'> {
  const line = new CustodyLine(database);
  const held: Held[] = [];
  let [runs, truncated] = [0, false];
  for (const { batch, first, last } of SerialSet.fromJson(serials).ranges()) {
    for (const run of storyRuns(line, batch, first, last)) {
      runs++;
      const next = { batch, first: run.first, last: run.last, holder: holderOf(run) };
      const before = held.at(-1);
      if (before !== undefined && isSame(before, next))
        held[held.length - 1] = { ...before, last: next.last };
      else held.push(next);
      truncated = held.length > MAX_HELD || runs > MAX_RUNS;
      if (truncated) break;
    }
    if (truncated) break;
  }
  const shown = held.slice(0, MAX_HELD).map((it) => ({
    serials: formatSerialRange(it),
    holder: isSeen(database, scope, it.holder) ? it.holder : null,
  }));
  return { held: shown, truncated };
}

function isSame(a: Held, b: Held): boolean {
  const { place, account, eventId } = a.holder;
  return (
    a.batch === b.batch &&
    a.last === b.first - 1 &&
    place === b.holder.place &&
    account === b.holder.account &&
    eventId === b.holder.eventId
  );
}

function holderOf({ steps }: StoryRun): Holder {
  const last = steps.at(-1);
  if (last === undefined)
    return { place: 'unproduced', account: null, shipmentId: null, eventId: null };
  const { entry, to } = last;
  const shipmentId = isInTransit(to) ? entry.toShipment : null;
  return { place: to, account: entry.account, shipmentId, eventId: entry.eventId };
}

function isSeen(database: ReadModelDatabase, scope: Scope, { account }: Holder): boolean {
  return account === null || scope.sees(database, account as AccountId);
}
