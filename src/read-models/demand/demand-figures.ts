import type { FacilityId } from '../../custody/facilities/facility-code.js';
import type { FacilityRegister } from '../../custody/facilities/facility-register.js';
import type { ReadModelDatabase } from '../read-model-database.js';
import {
  dayPlus,
  daysFor,
  perDay,
  RATE_DAYS,
  type DemandFigures,
  type ResidentsByReason,
} from './demand-answer.js';
import { daysOf, IssuedSince } from './issued-since.js';
import { RegionRanges } from './region-range.js';
import { latestStatements, newPerDay, Statements, type Statement } from './statements.js';

/** What a question looks at: a region, and the last day that counts. */
export interface DemandAsked {
  readonly within: FacilityId;
  readonly today: string;
}

/**
 * Who waits in a region, and what there is for them: read once, for any office of it. In one snapshot of
 * the read models of demand, stock and shipments.
 */
export class RegionDemand {
  readonly #issued: IssuedSince;
  readonly #statements: Statements;
  readonly #rates: ReadonlyMap<string, number>;
  readonly #usable: ReadonlyMap<string, number>;
  readonly #coming: ReadonlyMap<string, number>;

  constructor(
    private readonly database: ReadModelDatabase,
    private readonly register: FacilityRegister,
    private readonly asked: DemandAsked,
  ) {
    const ranges = new RegionRanges(database);
    this.#issued = new IssuedSince(database, ranges);
    const reading = { ranges, issued: this.#issued };
    this.#statements = new Statements(
      register,
      latestStatements(database, register, reading, asked),
    );
    this.#rates = this.#rolledUp(this.#lastIssued(ranges));
    this.#usable = this.#usableBlanks(ranges);
    this.#coming = this.#rolledUp(this.#comingBlanks(ranges));
  }

  /** Of an office of the region, with all below it. */
  of(facilityId: FacilityId): DemandFigures {
    const newPerDay = this.#newPerDay(this.#statements.standing(facilityId));
    return { ...this.standingOf(facilityId), newPerDay };
  }

  /** The same but for the rate that takes longest to find: enough to put offices in order. */
  standingOf(facilityId: FacilityId): Omit<DemandFigures, 'newPerDay'> {
    const { today } = this.asked;
    const statements = this.#statements.standing(facilityId);
    const waiting = statements.reduce((sum, { left }) => sum + left, 0);
    const usable = this.#usable.get(facilityId) ?? 0;
    const coming = this.#coming.get(facilityId) ?? 0;
    const issued = this.#rates.get(facilityId) ?? 0;
    const byDeadline = dueResidents(statements);
    const days = statements.map(({ asOf }) => asOf).sort();
    return {
      waiting,
      byReason: reasonsOf(statements),
      byDeadline,
      nextDeadline:
        byDeadline.find((it) => it.deadline !== null && it.deadline >= today)?.deadline ?? null,
      asOf: days[0] ?? null,
      usable,
      coming,
      uncovered: Math.max(0, waiting - usable - coming),
      issued,
      issuedPerDay: perDay(issued, RATE_DAYS),
      daysOfCover: usable === 0 && waiting > 0 ? 0 : daysFor(usable, issued),
      daysToServe: daysFor(waiting, issued),
    };
  }

  #newPerDay(statements: readonly Statement[]): number | null {
    const rates = statements
      .map((it) => newPerDay(this.database, this.#issued, it))
      .filter((rate) => rate !== null);
    return rates.length === 0
      ? null
      : perDay(
          rates.reduce((sum, rate) => sum + rate, 0),
          1,
        );
  }

  #lastIssued(ranges: RegionRanges): ReadonlyMap<string, number> {
    const { within, today } = this.asked;
    const region = ranges.of(within, 'account');
    return this.#sums(
      `SELECT account AS owner, SUM(blanks) AS blanks FROM demand_issued
       WHERE ${region.sql} AND ${daysOf(within)} GROUP BY account`,
      [...region.values, dayPlus(today, -RATE_DAYS), today],
    );
  }

  #comingBlanks(ranges: RegionRanges): ReadonlyMap<string, number> {
    const region = ranges.of(this.asked.within, 'consignee');
    return this.#sums(
      `SELECT consignee AS owner, SUM(open_usable_blanks) AS blanks FROM shipment
       WHERE open_usable_blanks > 0 AND ${region.sql} GROUP BY consignee`,
      region.values,
    );
  }

  #usableBlanks(ranges: RegionRanges): ReadonlyMap<string, number> {
    const region = ranges.of(this.asked.within, 'facility');
    return this.#sums(
      `SELECT facility AS owner, SUM(usable) AS blanks FROM stock_total
       WHERE ${region.sql} GROUP BY facility`,
      region.values,
    );
  }

  #sums(sql: string, values: readonly string[]): ReadonlyMap<string, number> {
    const rows = this.database.all(sql, ...values);
    return new Map(rows.map((row) => [String(row.owner), Number(row.blanks)]));
  }

  /** Each account's blanks also with every office above it. */
  #rolledUp(own: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
    const totals = new Map(own);
    for (const [account, blanks] of own)
      for (const { facilityId } of this.register.ancestors(account as FacilityId))
        totals.set(facilityId, (totals.get(facilityId) ?? 0) + blanks);
    return totals;
  }
}

function reasonsOf(statements: readonly Statement[]): readonly ResidentsByReason[] {
  return [...Map.groupBy(statements, ({ reason }) => reason)].map(([reason, all]) => ({
    reason,
    residents: all.reduce((sum, { left }) => sum + left, 0),
  }));
}

function dueResidents(statements: readonly Statement[]): DemandFigures['byDeadline'] {
  const LAST = '9999';
  return [...Map.groupBy(statements, ({ deadline }) => deadline)]
    .map(([deadline, all]) => ({
      deadline,
      residents: all.reduce((sum, { left }) => sum + left, 0),
    }))
    .filter(({ residents }) => residents > 0)
    .sort((a, b) => ((a.deadline ?? LAST) < (b.deadline ?? LAST) ? -1 : 1));
}
