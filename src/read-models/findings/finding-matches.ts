import type { AccountId } from '../../custody/account/account-id.js';
import type { FindingResolution } from '../../custody/finding/finding.js';
import type { BatchCode } from '../../custody/serials/serial-number.js';
import { SerialSet } from '../../custody/serials/serial-set.js';
import { holdingsOf } from '../custody-line/account-holdings.js';
import { CustodyLine } from '../custody-line/custody-line.js';
import type { PlaceName } from '../custody-line/places.js';
import type { Sight } from '../custody-line/sight.js';
import type { ReadModelDatabase } from '../read-model-database.js';
import { custodianAt } from '../missing/gap-rows.js';
import { serialTexts, type SerialTexts } from '../serial-texts.js';
import { countsOf, NAMED_COUNTS } from '../stock/stock-tables.js';
import { followSerials } from '../trace/followed-serials.js';
import type { StoryGroup } from '../trace/story-groups.js';
import type { TraceEntry } from '../trace/trace-entry.js';

/** What the books believe of cards that were found. */
export const BELIEFS = [
  'missing',
  'issued',
  'in_transit',
  'usable',
  'invalid',
  'destroyed',
  'never_produced',
  'outside_region',
] as const;
export type Belief = (typeof BELIEFS)[number];

/** What the account that should have them has besides. */
export interface OfficeHoldings {
  readonly account: string;
  /** Who answers for it now; null where nobody was ever named. */
  readonly custodian: string | null;
  readonly usable: number;
  readonly invalid: number;
  readonly missing: number;
  /** Of the same batches, cards that are to be destroyed: those found are among them where the books still have them so. */
  readonly invalidSerials: SerialTexts;
}

/** Cards found that have one story, against the books as they are now. */
export interface FindingMatch {
  readonly believed: Belief;
  /** How the books would be put right; null where no entry can. */
  readonly resolution: FindingResolution | null;
  /** The books say that such a card cannot be found anywhere. */
  readonly isAlarm: boolean;
  /** Gaps that they fill. */
  readonly gaps: readonly string[];
  readonly group: StoryGroup;
}

export interface FindingMatches {
  readonly matches: readonly FindingMatch[];
  /** What the steps of the groups name by position. */
  readonly entries: readonly TraceEntry[];
  /** Offices that should have what was found, the first 20. */
  readonly offices: readonly OfficeHoldings[];
  /** Nobody ever made them: forged, or misread. */
  readonly neverProduced: SerialTexts;
  /** Nothing of them is within the region asked for. */
  readonly outsideRegion: SerialTexts;
  /** Beyond the bounds of one answer. */
  readonly notMatched: SerialTexts;
}

const MAX_OFFICES = 20;
const MAX_GAPS = 100;

interface Meaning {
  readonly belief: Belief;
  readonly resolution: FindingResolution | null;
  readonly isAlarm: boolean;
}

const OUTSIDE: Meaning = { belief: 'outside_region', resolution: null, isAlarm: false };
const MEANINGS: Readonly<Record<PlaceName, Meaning>> = {
  unproduced: { belief: 'never_produced', resolution: 'contradiction', isAlarm: true },
  usable: { belief: 'usable', resolution: 'reported_missing', isAlarm: false },
  invalid: { belief: 'invalid', resolution: 'reported_missing', isAlarm: false },
  issued: { belief: 'issued', resolution: 'surrendered', isAlarm: false },
  missing: { belief: 'missing', resolution: 'recovered', isAlarm: false },
  destroyed: { belief: 'destroyed', resolution: 'contradiction', isAlarm: true },
  transit_usable: { belief: 'in_transit', resolution: 'received', isAlarm: false },
  transit_invalid: { belief: 'in_transit', resolution: 'received', isAlarm: false },
};

/** Serials that were found, against the books as they are now. */
export function matchesOf(
  database: ReadModelDatabase,
  sight: Sight,
  serials: SerialSet,
): FindingMatches {
  const line = new CustodyLine(database);
  const { groups, neverProduced, unseen, notFollowed } = followSerials(line, sight, serials);
  const matches = groups.groups().map((group) => matchOf(database, group));
  return {
    matches,
    entries: groups.entries(),
    offices: officesOf(database, line, matches),
    neverProduced: serialTexts(neverProduced),
    outsideRegion: serialTexts(unseen),
    notMatched: serialTexts(notFollowed),
  };
}

function matchOf(database: ReadModelDatabase, group: StoryGroup): FindingMatch {
  const { belief, resolution, isAlarm } = group.now === null ? OUTSIDE : MEANINGS[group.now.place];
  const gaps = belief === 'missing' ? gapsOf(database, serialsOf(group)) : [];
  return { believed: belief, resolution, isAlarm, gaps, group };
}

function serialsOf({ serials }: StoryGroup): SerialSet {
  const parsed = SerialSet.parse(serials.ranges);
  return parsed.ok ? parsed.value : SerialSet.empty;
}

const GAPS = `SELECT position || '-' || batch || '-' || first AS gap, first
  FROM missing_gap INDEXED BY missing_gap_open
  WHERE batch = ? AND last >= ? AND closed_how IS NULL ORDER BY last LIMIT ${MAX_GAPS}`;

function gapsOf(database: ReadModelDatabase, serials: SerialSet): readonly string[] {
  const gaps = new Set<string>();
  for (const { batch, first, last } of serials.firstRanges(MAX_GAPS))
    for (const row of database.all(GAPS, batch, first))
      if (Number(row.first) <= last) gaps.add(String(row.gap));
  return [...gaps].slice(0, MAX_GAPS);
}

/** Of offices that should have what was found in hand. */
function officesOf(
  database: ReadModelDatabase,
  line: CustodyLine,
  matches: readonly FindingMatch[],
): readonly OfficeHoldings[] {
  const batches = new Map<AccountId, Set<BatchCode>>();
  for (const { believed, group } of matches) {
    const account = group.now?.account as AccountId | null | undefined;
    if (account === null || account === undefined) continue;
    if (believed !== 'usable' && believed !== 'invalid') continue;
    const known = batches.get(account) ?? new Set();
    batches.set(account, known);
    for (const batch of serialsOf(group).batches()) known.add(batch);
  }
  return [...batches]
    .slice(0, MAX_OFFICES)
    .map(([account, its]) => officeOf(database, line, account, [...its]));
}

function officeOf(
  database: ReadModelDatabase,
  line: CustodyLine,
  account: AccountId,
  batches: readonly BatchCode[],
): OfficeHoldings {
  const rows = database.all(`SELECT ${NAMED_COUNTS} FROM stock_own WHERE account = ?`, account);
  const sum = (name: 'usable' | 'invalid' | 'missing'): number =>
    rows.reduce((all, row) => all + countsOf(row)[name], 0);
  const invalid = batches.reduce(
    (all, batch) => all.plus(holdingsOf(database, line, account, batch).invalid),
    SerialSet.empty,
  );
  return {
    account,
    custodian: custodianAt(database, account, null),
    usable: sum('usable'),
    invalid: sum('invalid'),
    missing: sum('missing'),
    invalidSerials: serialTexts(invalid),
  };
}
