/** Bits of the hash that one level of the tree branches by. */
const BITS = 4;
const FAN_OUT = 1 << BITS;

interface Leaf<V> {
  /** Usually one; more where hashes are the same. */
  readonly entries: readonly (readonly [key: string, value: V])[];
  readonly hash: number;
}
interface Branch<V> {
  readonly children: readonly (Node<V> | undefined)[];
}
type Node<V> = Leaf<V> | Branch<V>;

/**
 * Values by text key, immutable: a changed map shares all but O(log n) of the one it came from, where
 * copying a `Map` would make a stream of n entries cost n² to fold. Get and with are O(log n).
 */
export class PersistentMap<V> {
  private constructor(
    private readonly root: Node<V> | undefined,
    /** Number of keys. */
    readonly size: number,
  ) {}

  static empty<V>(): PersistentMap<V> {
    return new PersistentMap<V>(undefined, 0);
  }

  get(key: string): V | undefined {
    const hash = hashOf(key);
    let node = this.root;
    for (let shift = 0; node !== undefined && 'children' in node; shift += BITS)
      node = node.children[slotOf(hash, shift)];
    return node?.entries.find(([known]) => known === key)?.[1];
  }

  /** The map in which `key` has `value`. */
  with(key: string, value: V): PersistentMap<V> {
    const root = placed(this.root, { hash: hashOf(key), entries: [[key, value]] }, 0);
    return new PersistentMap(root, this.get(key) === undefined ? this.size + 1 : this.size);
  }
}

function placed<V>(node: Node<V> | undefined, leaf: Leaf<V>, shift: number): Node<V> {
  if (node === undefined) return leaf;
  if ('children' in node) return withChild(node, leaf, shift);
  if (node.hash === leaf.hash) {
    const others = node.entries.filter(([key]) => leaf.entries.every(([added]) => added !== key));
    return { hash: leaf.hash, entries: [...others, ...leaf.entries] };
  }
  const children = new Array<Node<V> | undefined>(FAN_OUT).fill(undefined);
  children[slotOf(node.hash, shift)] = node;
  return withChild({ children }, leaf, shift);
}

function withChild<V>({ children }: Branch<V>, leaf: Leaf<V>, shift: number): Branch<V> {
  const slot = slotOf(leaf.hash, shift);
  return { children: children.with(slot, placed(children[slot], leaf, shift + BITS)) };
}

function slotOf(hash: number, shift: number): number {
  return (hash >>> shift) & (FAN_OUT - 1);
}

/** FNV-1a over UTF-16 code units, 32 bits. */
function hashOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index++)
    hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}
