import type { SerialSetJson } from '../../src/custody/serials/serial-set.js';
import type { NaiveEvent } from './naive-books.js';

function isSerialSet(value: unknown): value is SerialSetJson {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((one) => typeof one === 'object' && one !== null && 'ranges' in one)
  );
}

/** Stored data with serial sets as sorted lists of serials, as the naive model has them. */
function plain(value: unknown): unknown {
  if (isSerialSet(value)) {
    const serials = value.flatMap(({ batch, ranges }) =>
      ranges.flatMap(([first, last]) =>
        Array.from({ length: last - first + 1 }, (_, index) => `${batch}/${String(first + index)}`),
      ),
    );
    return serials.sort();
  }
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, plain(field)]));
}

function differs(expected: unknown, actual: unknown): boolean {
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual) || actual.length !== expected.length) return true;
    return expected.some((item, index) => differs(item, actual[index]));
  }
  if (typeof expected !== 'object' || expected === null) return expected !== actual;
  if (typeof actual !== 'object' || actual === null) return true;
  const fields = actual as Readonly<Record<string, unknown>>;
  return Object.entries(expected).some(([key, value]) => differs(value, fields[key]));
}

/** What the ledger's events say otherwise than the model's, or null; the model leaves details out. */
export function differenceBetween(
  expected: readonly NaiveEvent[],
  actual: readonly { readonly type: string; readonly data: object }[],
): string | null {
  if (expected.length !== actual.length)
    return `${String(actual.length)} events, the model says ${String(expected.length)}`;
  for (const [index, event] of expected.entries()) {
    const other = actual[index];
    const data = plain(other?.data);
    if (other?.type !== event.type || differs(event.data, data))
      return `${JSON.stringify({ type: other?.type, data })}, the model says ${JSON.stringify({ type: event.type, data: event.data })}`;
  }
  return null;
}
