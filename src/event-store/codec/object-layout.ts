/** How the keys of an object are written in canonical JSON. */
export interface ObjectLayout {
  /** In canonical order: by UTF-16 code units. */
  readonly keys: readonly string[];
  /** What stands before the value of each of `keys`: `{"first":`, then `,"next":`. */
  readonly openings: readonly string[];
  /** A key that may not be stored, with the reason; the other fields are empty then. */
  readonly badKey: { readonly key: string; readonly why: string } | null;
}

/** Bounds of what is remembered, beyond which a layout is made anew each time. */
const MAX_LAYOUTS = 1_024;
const MAX_KEYS = 64;
const MAX_KEY_LENGTH = 64;

interface Remembered {
  readonly asSet: readonly string[];
  readonly layout: ObjectLayout;
}

/** By first key. Objects of one type are made by one piece of code, so their keys recur in order. */
const remembered = new Map<string, Remembered[]>();
let count = 0;

/** @param asSet the keys of an object as `Object.keys` gives them */
export function layoutOf(asSet: readonly string[]): ObjectLayout {
  const sameFirst = remembered.get(asSet[0] ?? '');
  if (sameFirst !== undefined) {
    for (const known of sameFirst) {
      if (areSame(known.asSet, asSet)) return known.layout;
    }
  }
  const layout = makeLayout(asSet);
  if (count < MAX_LAYOUTS && isWorthKeeping(asSet, layout)) {
    count++;
    const entry = { asSet, layout };
    if (sameFirst === undefined) remembered.set(asSet[0] ?? '', [entry]);
    else sameFirst.push(entry);
  }
  return layout;
}

function areSame(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) {
    if (a[index] !== b[index]) return false;
  }
  return true;
}

function isWorthKeeping(keys: readonly string[], { badKey }: ObjectLayout): boolean {
  return (
    badKey === null && keys.length <= MAX_KEYS && keys.every((key) => key.length <= MAX_KEY_LENGTH)
  );
}

function makeLayout(asSet: readonly string[]): ObjectLayout {
  for (const key of asSet) {
    const why =
      key === '__proto__'
        ? 'is a key named __proto__'
        : key.isWellFormed()
          ? null
          : 'has a lone surrogate in its key';
    if (why !== null) return { keys: [], openings: [], badKey: { key, why } };
  }
  // Without a comparison function: by UTF-16 code units, which is what RFC 8785 wants.
  const keys = [...asSet].sort();
  const openings = keys.map((key, index) => `${index === 0 ? '{' : ','}${JSON.stringify(key)}:`);
  return { keys, openings, badKey: null };
}
