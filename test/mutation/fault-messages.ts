/*
 * A plugin of Stryker. What a broken invariant says is for whoever reads the log: it is no part of
 * any contract, and specs that pinned those sentences would hold nothing of the domain. So they are
 * not mutated; whether the invariant is checked, is.
 */

/** What is asked of Babel's path to a node of the syntax tree. */
interface SyntaxPath {
  readonly key: string | number | null;
  readonly listKey?: string | undefined;
  readonly node: { readonly type: string };
  readonly parent?: {
    readonly type: string;
    readonly callee?: { readonly type: string; readonly name?: string };
  };
}

const TEXTS: readonly string[] = ['StringLiteral', 'TemplateLiteral'];

/** The argument that holds the text, of what is called or made with `new`. */
const TEXT_ARGUMENT: ReadonlyMap<string, number> = new Map([
  ['assert', 1],
  ['Error', 0],
  ['InvariantViolation', 0],
  ['RegisterMismatch', 0],
]);

function shouldIgnore({ key, listKey, node, parent }: SyntaxPath): string | undefined {
  if (!TEXTS.includes(node.type) || listKey !== 'arguments') return undefined;
  const name = parent?.callee?.name;
  if (name === undefined || TEXT_ARGUMENT.get(name) !== key) return undefined;
  return 'The text of a fault is for the log, and no contract.';
}

export const strykerPlugins = [{ kind: 'Ignore', name: 'fault-messages', value: { shouldIgnore } }];
