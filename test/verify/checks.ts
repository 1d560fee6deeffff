import type { BatchBooks } from '../../src/read-models/batches/batch-books.js';
import type { Cost } from './measured-process.js';
import type { ReadModelsHash } from './read-models-hash.js';
import type { StoryFacts } from './story-facts.js';

/** One thing that must hold, and what was found. */
export interface Check {
  readonly what: string;
  readonly holds: boolean;
  readonly found: string;
}

/** As `blangko audit --json` states it. */
export interface AuditAnswer {
  readonly events: number;
  /** Of each batch. */
  readonly books: readonly BatchBooks[];
  /** Null where there were no read models. */
  readonly rowsCompared: number | null;
  readonly differenceCount: number;
}

const GB = 1e9;
const FIGURES = new Intl.NumberFormat('id-ID');

/** Of the whole nation; a smaller scale must keep them all the more. */
export const LIMITS = {
  scenarioSeconds: 30 * 60,
  scenarioDiskBytes: 15 * GB,
  auditSeconds: 3 * 60,
  auditPeakBytes: 1.5 * GB,
} as const;

const CARTON = 500;
const NATION = {
  blanks: 7_000_000,
  backlog: 4_500_000,
  others: 3_000_000,
  provinces: 38,
  regencies: 514,
  unmet: 500_000,
};
/** From this scale on, there are cartons enough for every regency. */
const ALL_REGENCIES = 0.2;
/** Residents are whole, for each of seven reasons. */
const ROUNDING = 4;
const BACKLOG_DEADLINE = '2017-04-19';
const OTHERS_DEADLINE = '2018-06-27';

/** Blanks the contract has at a scale: whole cartons, at least one for each province. */
function blanksAt(scale: number): number {
  const cartons = Math.round((NATION.blanks / CARTON) * scale);
  return CARTON * Math.max(NATION.provinces, cartons);
}

function equal(what: string, found: number, expected: number, tolerance = 0): Check {
  const isExact = tolerance === 0;
  return {
    what: `${what}: ${isExact ? '' : 'about '}${FIGURES.format(expected)}`,
    holds: Math.abs(found - expected) <= tolerance,
    found: FIGURES.format(found),
  };
}

function atLeast(what: string, found: number, least: number): Check {
  const bound = FIGURES.format(least);
  return {
    what: `${what}: at least ${bound}`,
    holds: found >= least,
    found: FIGURES.format(found),
  };
}

function atMost(what: string, found: number, most: number): Check {
  const bound = FIGURES.format(most);
  return { what: `${what}: at most ${bound}`, holds: found <= most, found: FIGURES.format(found) };
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}

export function scenarioChecks({ seconds, diskBytes }: Cost): readonly Check[] {
  return [
    atMost('scenario, seconds', tenths(seconds), LIMITS.scenarioSeconds),
    atMost('scenario, GB on disk', tenths(diskBytes / GB), LIMITS.scenarioDiskBytes / GB),
  ];
}

/** The audit's own limits, and the books it found. */
export function auditChecks(
  { books, rowsCompared, differenceCount }: AuditAnswer,
  { seconds, peakBytes }: Cost,
  scale: number,
): readonly Check[] {
  const sum = (name: keyof BatchBooks): number => books.reduce((total, it) => total + it[name], 0);
  const parts = ['issued', 'usable', 'invalid', 'missing', 'destroyed', 'inTransit'] as const;
  const accounted = parts.reduce((total, name) => total + sum(name), 0);
  const produced = sum('produced');
  return [
    atMost('audit, seconds', tenths(seconds), LIMITS.auditSeconds),
    atMost('audit, GB of memory', Math.ceil(peakBytes / 1e7) / 100, LIMITS.auditPeakBytes / GB),
    equal('audit, differences', differenceCount, 0),
    atLeast('audit, rows of read models compared', rowsCompared ?? 0, 1),
    equal('blanks produced', produced, blanksAt(scale)),
    equal('balance', sum('balance'), 0),
    equal(`blanks ${parts.join(' + ')}`, accounted, produced),
    equal('blanks still usable or in transit', sum('usable') + sum('inTransit'), 0),
  ];
}

/** The story as the log tells it. */
export function storyChecks(facts: StoryFacts, scale: number): readonly Check[] {
  const blanks = blanksAt(scale);
  const part = blanks / NATION.blanks;
  const tolerance = part === 1 ? 0 : ROUNDING;
  const events = (type: string): number => facts.eventsByType[type] ?? 0;
  const [backlog, others, last] = facts.demand;
  const waiting = (backlog?.backlog ?? 0) + (others?.others ?? 0);
  const unmet = waiting - events('BlankIssued');
  const demand = (what: string, found: number, expected: number) =>
    equal(what, found, Math.round(expected * part), tolerance);
  return [
    demand('residents of the backlog', backlog?.backlog ?? 0, NATION.backlog),
    demand('residents of other reasons', others?.others ?? 0, NATION.others),
    {
      what: `deadlines: ${BACKLOG_DEADLINE}, ${OTHERS_DEADLINE}`,
      holds: backlog?.deadline === BACKLOG_DEADLINE && others?.deadline === OTHERS_DEADLINE,
      found: facts.demand.map(({ deadline }) => deadline ?? 'none').join(', '),
    },
    atLeast('unmet', unmet, Math.floor(NATION.unmet * part)),
    equal('unmet, as the last reports state it', (last?.backlog ?? 0) + (last?.others ?? 0), unmet),
    equal('provinces', facts.provinces, NATION.provinces),
    scale >= ALL_REGENCIES
      ? equal('regencies', facts.regencies, NATION.regencies)
      : atLeast('regencies', facts.regencies, NATION.provinces),
    atLeast('blanks spoiled', facts.spoiledBlanks, 0.01 * blanks),
    atMost('blanks spoiled', facts.spoiledBlanks, 0.02 * blanks),
    atLeast('cards replaced', facts.replacements, 1),
    equal('cards replaced but not handed in', facts.replacedInUse, 0),
    atLeast('shipments received short', facts.shortReceipts, 1),
    atLeast('shipments refused', events('ShipmentRefused'), 1),
    atLeast('counts', events('StockCounted'), 1),
    atLeast('counts that came out short', facts.shortCounts, 1),
    atLeast('findings', events('FindingRecorded'), 1),
    equal('findings resolved', events('FindingResolved'), events('FindingRecorded')),
    equal('burnings', facts.burnings, 1),
    equal('burnings before two witnesses, approved', facts.burningsInOrder, 1),
  ];
}

export function rebuildChecks(before: ReadModelsHash, after: ReadModelsHash): readonly Check[] {
  return [
    atLeast('rows of read models', before.rows, 1),
    equal('rows after deletion and rebuild', after.rows, before.rows),
    {
      what: `their SHA-256: ${before.sha256}`,
      holds: after.sha256 === before.sha256,
      found: after.sha256,
    },
  ];
}
