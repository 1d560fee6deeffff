import type { OccurredAt } from '../../src/custody/occurrence.js';
import type { RejectionCode } from '../../src/custody/rejection.js';
import type { Step } from './steps.js';

/*
 * How texts are read, by a plain reading of the design: written apart from the ledger's parsers.
 * A serial is the text `BATCH/NUMBER` without leading zeros, all through the naive model.
 */

const MAX_RANGES = 10_000;
const MOST_IN_A_RANGE = 1_000;
const ZONE_HOURS: Readonly<Record<string, number>> = {
  'Asia/Jakarta': 7,
  'Asia/Makassar': 8,
  'Asia/Jayapura': 9,
};
const LENGTH_MS = { day: 86_400_000, minute: 60_000, second: 1_000 } as const;
export const TOLERANCE_MS = 300_000;

/** The serials of a list in the order of their texts, or what is wrong with the list. */
export function readList(texts: readonly string[]): readonly string[] | RejectionCode {
  if (texts.length > MAX_RANGES) return 'too_many_ranges';
  const all = new Set<string>();
  for (const text of texts) {
    const serials = readRange(text);
    if (typeof serials === 'string') return serials;
    for (const serial of serials) {
      if (all.has(serial)) return 'overlapping_ranges';
      all.add(serial);
    }
  }
  return [...all];
}

function readRange(text: string): readonly string[] | RejectionCode {
  const match = /^([0-9A-Z-]{1,16})\/([0-9]+)(\.\.([0-9]+))?$/.exec(text);
  if (match === null || text.length > 64) return 'serial_malformed';
  const [, batch = '', from = '', , to = from] = match;
  const first = Number(from);
  const last = Number(to);
  if (first > last) return 'range_reversed';
  // Nine digits are printed; a tenth is a slip of the pen, even where it is a zero.
  const isTooLong = from.length > 9 || to.length > 9;
  if (isTooLong || first < 1 || last > 999_999_999) return 'range_outside_batch';
  if (last - first > MOST_IN_A_RANGE) throw new Error('the naive model takes small ranges only');
  const serials: string[] = [];
  for (let number = first; number <= last; number++) serials.push(`${batch}/${String(number)}`);
  return serials;
}

/** One serial, which is not written as a range. */
function readOne(text: string): readonly string[] | RejectionCode {
  return text.includes('..') ? 'serial_malformed' : readRange(text);
}

/** The serials of a list known to be well written. */
export function serialsOf(texts: readonly string[]): readonly string[] {
  const serials = readList(texts);
  if (typeof serials === 'string') throw new Error(serials);
  return serials;
}

export function earliest({ value, zone }: OccurredAt): number {
  const local = Date.parse(`${(value + 'T00:00:00').slice(0, 10)}T00:00:00Z`);
  const [hours = 0, minutes = 0, seconds = 0] = value.slice(11).split(':').map(Number);
  const time = value.length > 10 ? (hours * 3_600 + minutes * 60 + seconds) * 1_000 : 0;
  return local + time - (ZONE_HOURS[zone] ?? 0) * 3_600_000;
}

export function isFuture(at: OccurredAt, now: number): boolean {
  return earliest(at) > now + TOLERANCE_MS;
}

export function isBefore(at: OccurredAt, cause: OccurredAt): boolean {
  return earliest(at) + LENGTH_MS[at.precision] - 1 + TOLERANCE_MS < earliest(cause);
}

function isRealTime({ value, precision }: OccurredAt): boolean {
  const form = { day: 10, minute: 16, second: 19 }[precision];
  const date = new Date(`${value.slice(0, 10)}T00:00:00Z`);
  const isDay =
    !Number.isNaN(date.getTime()) && date.toISOString().slice(0, 10) === value.slice(0, 10);
  return value.length === form && isDay;
}

function isAccount(text: string): boolean {
  return /^([BE]\.[0-9A-Z-]{1,16}|\d\d(\.\d\d(\.\d\d(\.\d{4})?)?)?)$/.test(text);
}

function isFacility(text: string): boolean {
  return isAccount(text) && /^\d/.test(text);
}

function isNik(text: string): boolean {
  if (!/^\d{16}$/.test(text) || Number(text.slice(0, 2)) < 11) return false;
  const day = Number(text.slice(6, 8)) % 40;
  return day >= 1 && day <= 28 && Number(text.slice(8, 10)) <= 12 && !text.endsWith('0000');
}

function listsOf(step: Step): readonly (readonly string[])[] {
  if (step.kind === 'DispatchShipment')
    return step.packages.flatMap(({ usable, invalid }) => [usable, invalid]);
  if (step.kind === 'ReceiveShipment')
    return [step.asStated, step.damaged, step.missing, step.unexpected];
  if (step.kind === 'CountStock' || step.kind === 'HandOverCustody')
    return [step.seenUsable, step.seenInvalid];
  return 'serials' in step ? [step.serials] : [];
}

function codeFaults(step: Step): boolean {
  if (step.kind === 'RecordFinding' || step.kind === 'ResolveFinding')
    return !/^[0-9A-Z][0-9A-Z-]{0,31}$/.test(step.account);
  if (!isAccount(step.account)) return true;
  if (step.kind === 'ProcureBatch') return !step.account.startsWith('B.');
  if (step.kind === 'ReportDemand') return !isFacility(step.account);
  if (step.kind === 'DispatchShipment') return !isAccount(step.to);
  if (step.kind === 'SurrenderCard') return !isFacility(step.handedInAt);
  if (step.kind === 'IssueBlanks')
    return step.issuances.some(
      ({ chipUid }) => chipUid !== null && !/^[0-9A-F]{8,32}$/.test(chipUid),
    );
  return false;
}

function singlesOf(step: Step): readonly string[] {
  if (step.kind === 'SurrenderCard') return [step.serial];
  if (step.kind !== 'IssueBlanks') return [];
  return step.issuances.flatMap(({ serial, replaces }) =>
    replaces === null ? [serial] : [serial, replaces],
  );
}

/** Everything that is wrong with the texts of a step. */
export function textFaults(step: Step): readonly RejectionCode[] {
  const faults = [...listsOf(step).map(readList), ...singlesOf(step).map(readOne)].filter(
    (list): list is RejectionCode => typeof list === 'string',
  );
  if (codeFaults(step)) faults.push('code_malformed');
  const times = step.kind === 'CorrectOccurrence' ? [step.at, step.correctedTo] : [step.at];
  if (!times.every(isRealTime)) faults.push('time_malformed');
  if (step.kind === 'IssueBlanks' && !step.issuances.every(({ nik }) => isNik(nik)))
    faults.push('nik_malformed');
  return faults;
}

function spelledAlike(value: unknown, key = ''): unknown {
  if (typeof value === 'string' && ['serial', 'replaces'].includes(key))
    return serialsOf([value])[0];
  if (Array.isArray(value)) {
    const isSerials = value.length > 0 && value.every((one) => /^[0-9A-Z-]+\/\d/.test(String(one)));
    if (isSerials) return [...serialsOf(value as readonly string[])].sort();
    return value.map((one) => spelledAlike(one));
  }
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).filter(([name]) => name !== 'nik');
  return Object.fromEntries(fields.map(([name, field]) => [name, spelledAlike(field, name)]));
}

/** Equal for two steps exactly if one is a retry of the other, persons and spelling apart. */
export function signatureOf(step: Step): string {
  return JSON.stringify(spelledAlike({ ...step, actor: null }));
}
