import {
  CENTRAL_STORE,
  LEVELS,
  type FacilityId,
  type Level,
  facilityIdOf,
  isKelurahan,
} from './facility-code.js';
import { type Facility } from './facility.js';
import { type FacilityTree } from './facility-tree.js';

export interface FacilityMatch {
  readonly facility: Facility;
  /** `Sidomulyo, Kec. Deket, Kab. Lamongan, Prov. Jawa Timur`. */
  readonly path: string;
}

interface Entry {
  readonly facility: Facility;
  /** Lower-case. */
  readonly name: string;
  readonly aliases: readonly string[];
  /** All that a word may be found in, lower-case. */
  readonly text: string;
  /** Words for its kind: they narrow a search, and say nothing about how well a name fits. */
  readonly labels: readonly string[];
  readonly parent: Entry | null;
}

const MAXIMUM_WORDS = 20;
const MAXIMUM_LIMIT = 100;
/** Exact, beginning, contained: first without, then with the help of the names above. */
const RANKS = 6;

const LABELS: Readonly<Record<Level, readonly string[]>> = {
  nation: [],
  province: ['prov', 'provinsi'],
  regency: ['kab', 'kabupaten'],
  district: ['kec', 'kecamatan'],
  village: ['desa'],
};
const KELURAHAN_LABELS: readonly string[] = ['kel', 'kelurahan'];
/** A city's kind is part of its name, `Kota Bogor`, and needs no label. */
const CITY_LABELS: readonly string[] = [];

function labelsOf(facility: Facility): readonly string[] {
  const isCity = facility.level === 'regency' && !facility.name.startsWith('Kabupaten');
  if (isCity) return CITY_LABELS;
  return isKelurahan(facility.code) ? KELURAHAN_LABELS : LABELS[facility.level];
}

/** The name as it stands in a path. Names of regencies carry their kind already. */
function shortName(facility: Facility): string {
  switch (facility.level) {
    case 'province':
      return `Prov. ${facility.name}`;
    case 'regency':
      return facility.name.replace(/^Kabupaten /, 'Kab. ');
    case 'district':
      return `Kec. ${facility.name}`;
    case 'nation':
    case 'village':
      return facility.name;
  }
}

/** The names from the facility up to its province; `ancestors` nearest first. */
export function pathOf(facility: Facility, ancestors: readonly Facility[]): string {
  const above = ancestors.filter((it) => it.level !== 'nation');
  return [facility, ...above].map(shortName).join(', ');
}

const NO_ALIASES: readonly string[] = [];
const REGENCY_KIND = /^(?:kabupaten|kota)(?: administrasi)? /;

/**
 * What else fits as well as the name, lower-case: a regency's name without its kind, and what old
 * papers may say: former names and codes, and the id where it is not the code.
 */
function aliasesOf(facility: Facility): readonly string[] {
  const { history, code, facilityId } = facility;
  const isChanged = history !== null || facilityId !== facilityIdOf(code, 1);
  if (facility.level !== 'regency' && !isChanged) return NO_ALIASES;
  const former = history === null ? [] : [history.original, ...history.changes];
  const names = [facility, ...former].flatMap((it) =>
    'name' in it ? [it.name.toLowerCase()] : [],
  );
  const codes = former.flatMap((it) => ('code' in it ? [it.code] : []));
  return [facilityId, ...codes, ...names, ...names.map((it) => it.replace(REGENCY_KIND, ''))];
}

function entryOf(facility: Facility, parent: Entry | null): Entry {
  const name = facility.name.toLowerCase();
  const labels = labelsOf(facility);
  const aliases = aliasesOf(facility);
  const text = [name, facility.code, ...labels, ...aliases].join(' ');
  return { facility, name, aliases, text, labels, parent };
}

/** Read-only once built; a register that changes builds a new one at the next search. */
export class FacilitySearch {
  readonly #tree: FacilityTree;
  /** By level from the top, then in code order. */
  readonly #entries: readonly Entry[];

  constructor(tree: FacilityTree) {
    this.#tree = tree;
    const byId = new Map<FacilityId, Entry>();
    for (const facility of tree.within(CENTRAL_STORE)) {
      const parent = facility.parent === null ? null : (byId.get(facility.parent) ?? null);
      byId.set(facility.facilityId, entryOf(facility, parent));
    }
    const entries = [...byId.values()];
    this.#entries = LEVELS.flatMap((level) => entries.filter((it) => it.facility.level === level));
  }

  find(text: string, limit: number): readonly FacilityMatch[] {
    const atMost = Math.min(Math.max(Math.trunc(limit), 1), MAXIMUM_LIMIT);
    const words = text.toLowerCase().split(/[\s,]+/);
    const wanted = words.map((it) => it.replace(/\.$/, '')).filter((it) => it !== '');
    if (wanted.length === 0 || wanted.length > MAXIMUM_WORDS) return [];
    const byRank: Entry[][] = Array.from({ length: RANKS }, () => []);
    for (const entry of this.#entries) {
      const rank = rankOf(entry, wanted);
      const bucket = rank === null ? undefined : byRank[rank];
      if (bucket !== undefined && bucket.length < atMost) bucket.push(entry);
    }
    return byRank
      .flat()
      .slice(0, atMost)
      .map(({ facility }) => ({
        facility,
        path: pathOf(facility, this.#tree.ancestors(facility.facilityId)),
      }));
  }
}

function rankOf(entry: Entry, words: readonly string[]): number | null {
  const own = words.filter((word) => entry.text.includes(word));
  if (own.length === 0) return null;
  const needsPath = own.length < words.length;
  if (needsPath && !words.every((word) => own.includes(word) || isAbove(entry, word))) return null;
  const phrase = own.filter((word) => !entry.labels.includes(word)).join(' ');
  const { name, facility, aliases } = entry;
  const exact = name === phrase || facility.code === phrase || aliases.includes(phrase);
  const begins = name.startsWith(phrase) || facility.code.startsWith(phrase);
  return (exact ? 0 : begins ? 1 : 2) + (needsPath ? 3 : 0);
}

function isAbove(entry: Entry, word: string): boolean {
  for (let above = entry.parent; above !== null; above = above.parent) {
    if (above.text.includes(word)) return true;
  }
  return false;
}
