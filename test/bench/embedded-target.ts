import { openEmbeddedStore } from '../../src/event-store/embedded/embedded-store.js';
import { StreamRevisions, type AppendTarget } from './append-target.js';

export const EMBEDDED = 'embedded store';

/** The ledger's own engine, at exact revisions as commands use it. */
export function embeddedTarget(
  file: string,
  { name = EMBEDDED, revisions = new StreamRevisions() } = {},
): AppendTarget {
  const store = openEmbeddedStore({ file, mode: 'writer' });
  return {
    name,
    revisions,
    append: (stream, revision, event) =>
      store.append(stream, revision === 0 ? 'no_stream' : BigInt(revision - 1), [event]),
    close: () => store.close(),
  };
}
