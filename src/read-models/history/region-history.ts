import { accountParts, type AccountId } from '../../custody/account/account-id.js';
import {
  CENTRAL_STORE,
  parentCode,
  parseFacilityCode,
  type FacilityId,
} from '../../custody/facilities/facility-code.js';
import type { FacilityEvent } from '../../custody/facilities/facility-events.js';
import type { Recorded } from '../../event-store/codec/ledger-event.js';
import type { ReadModelDatabase } from '../read-model-database.js';
import type { ScopeCondition } from '../scope.js';
import { dayOf, dayOfDate } from './history-day.js';

/** From a day on, and until the next, the regions an account counts in: itself and all above it, nearest first. */
export interface RegionSpan {
  readonly from: number;
  readonly regions: readonly string[];
}

/** Of facilities in one condition. */
const MOST_NAMED = 50;

interface ParentChange {
  readonly parent: FacilityId;
  /** From which day it counts on the recorded clock, and on the occurred one. */
  readonly days: readonly [number, number];
}

/**
 * Which regions an account counted in on any day, by either clock. A published facility stands where its code
 * says until the log tells of a move: on the occurred clock from the day it takes effect, on the recorded one
 * not before it was recorded, so that no answer of that clock ever changes.
 */
export class RegionHistory {
  readonly #changes = new Map<string, ParentChange[]>();
  readonly #spans = new Map<string, readonly RegionSpan[]>();

  constructor(private readonly database: ReadModelDatabase) {
    const rows = database.all(
      `SELECT facility, parent, effective_day, recorded_day FROM history_parent
       ORDER BY facility, history_parent.position`,
    );
    for (const { facility, parent, effective_day, recorded_day } of rows)
      this.#add(String(facility), String(parent), Number(effective_day), Number(recorded_day));
  }

  /** Takes an event of the register in. True when a facility that was there before has moved. */
  take(event: Recorded<FacilityEvent>, ledgerTime: number): boolean {
    if (event.type !== 'FacilityOpened' && event.type !== 'FacilityMoved') return false;
    const { facilityId, parent, effectiveOn } = event.data;
    const [effective, recorded] = [dayOfDate(effectiveOn), dayOf(ledgerTime)];
    this.database.run(
      'INSERT INTO history_parent VALUES (?, ?, ?, ?, ?)',
      facilityId,
      event.position,
      parent,
      effective,
      recorded,
    );
    this.#add(facilityId, parent, effective, recorded);
    this.#spans.clear();
    return event.type === 'FacilityMoved';
  }

  /** In order of days; the first has no beginning. Batches and evidence count in the nation alone. */
  spansOf(account: AccountId, clock: number): readonly RegionSpan[] {
    const key = `${clock} ${account}`;
    const known = this.#spans.get(key);
    if (known !== undefined) return known;
    const parts = accountParts(account);
    const spans =
      parts.kind === 'facility'
        ? this.#spansOfFacility(parts.facilityId, clock)
        : [{ from: -Infinity, regions: [CENTRAL_STORE] }];
    this.#spans.set(key, spans);
    return spans;
  }

  /** On a day. */
  regionsOf(account: AccountId, clock: number, day: number): readonly string[] {
    return this.spansOf(account, clock).findLast(({ from }) => from <= day)?.regions ?? [];
  }

  /**
   * Conditions on a column of accounts that together hold for all that may have been in a region on some
   * day, and for others: {@link RegionHistory.regionsOf} tells. Null: no condition is worth it.
   */
  candidates(region: string, column: string): ScopeCondition | null {
    if (region === CENTRAL_STORE) return null;
    // Ids keep the code of the region that they were opened in; whoever moved is named.
    const ids = [region, ...this.#changes.keys()];
    if (ids.length > MOST_NAMED) return null;
    const sql = ids.map(() => `${column} = ? OR (${column} > ? AND ${column} < ?)`).join(' OR ');
    return { sql: `(${sql})`, values: ids.flatMap((id) => [id, `${id}.`, `${id}/`]) };
  }

  #add(facility: string, parent: string, effective: number, recorded: number): void {
    const changes = this.#changes.get(facility) ?? [];
    this.#changes.set(facility, changes);
    const days = [Math.max(effective, recorded), effective] as const;
    changes.push({ parent: parent as FacilityId, days });
  }

  #spansOfFacility(facility: FacilityId, clock: number): readonly RegionSpan[] {
    const days = new Set([-Infinity]);
    // Whoever stands above it on some day may itself have moved.
    const pending = [facility as string];
    for (const seen = new Set(pending); pending.length > 0;) {
      const next = pending.pop() ?? '';
      const changes = this.#changes.get(next) ?? [];
      for (const change of changes) days.add(change.days[clock] ?? 0);
      const above = [...changes.map(({ parent }) => parent as string), codeParent(next) ?? ''];
      for (const it of above.filter((parent) => parent !== '' && !seen.has(parent))) {
        seen.add(it);
        pending.push(it);
      }
    }
    const spans: RegionSpan[] = [];
    for (const from of [...days].sort((a, b) => a - b)) {
      const regions = this.#above(facility, clock, from);
      if (spans.at(-1)?.regions.join() !== regions.join()) spans.push({ from, regions });
    }
    return spans;
  }

  #above(facility: FacilityId, clock: number, day: number): readonly string[] {
    const regions: string[] = [];
    for (let at: string | null = facility; at !== null; at = this.#parentOn(at, clock, day))
      regions.push(at);
    return regions;
  }

  /** Of two changes on one day the later recorded counts; of others the later in force. */
  #parentOn(facility: string, clock: number, day: number): string | null {
    let last: ParentChange | null = null;
    let first: ParentChange | null = null;
    for (const change of this.#changes.get(facility) ?? []) {
      first ??= change;
      const at = change.days[clock] ?? 0;
      if (at <= day && at >= (last?.days[clock] ?? -Infinity)) last = change;
    }
    // An id that is no code was opened by an event: before its day it stands where it was opened.
    return last?.parent ?? codeParent(facility) ?? first?.parent ?? null;
  }
}

function codeParent(facility: string): string | null {
  const code = parseFacilityCode(facility);
  return code === null ? null : parentCode(code);
}
