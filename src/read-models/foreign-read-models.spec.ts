import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { temporaryLedger, type TemporaryLedger } from '../../test/support/projection-ledger.js';
import { choicesOf, historyOf } from '../../test/support/projection-world.js';
import { removeForeign } from './foreign-read-models.js';
import { ProjectionEngine } from './projection-engine.js';
import { PROJECTIONS } from './projections.js';

const { events } = historyOf(choicesOf(5, 300)).history;
/** With ids of their own, as those of another ledger are. */
const others = historyOf(choicesOf(6, 300)).history.events.map((event) => ({
  ...event,
  id: event.id.replace(/^.{8}/, '00000000').replace(/.{12}$/, event.id.slice(0, 8) + '0000'),
}));

async function withLedgers(
  histories: readonly (typeof events)[],
  use: (...ledgers: readonly TemporaryLedger[]) => Promise<void>,
): Promise<void> {
  const ledgers = [];
  for (const history of histories) ledgers.push(await temporaryLedger(history));
  try {
    await use(...ledgers);
  } finally {
    for (const ledger of ledgers) await ledger.close();
  }
}

/** Read models of a whole log, in a file beside it. */
async function made({ store, folder }: TemporaryLedger): Promise<string> {
  const file = join(folder, 'made.db');
  const engine = ProjectionEngine.start({ store, file, projections: PROJECTIONS });
  expect(await engine.waitFor((await store.head()) ?? 0n, 20_000)).toBe('reached');
  await engine.close();
  return file;
}

describe('read models that are found', () => {
  it('stay where they were made from this log, however long it has become', () =>
    withLedgers([events], async (ledger) => {
      const file = await made(ledger);
      const { store } = ledger;
      expect(await removeForeign(store, file)).toBe(false);
      const { id, type, data, metadata } = events[0] as (typeof events)[number];
      const more = { id: id.replace(/^./, '3'), type, data, metadata };
      await store.append('custody-B.2099-Z', 'no_stream', [more]);
      expect(await removeForeign(store, file)).toBe(false);
      expect(existsSync(file)).toBe(true);
      expect(await removeForeign(store, join(ledger.folder, 'none.db'))).toBe(false);
    }));

  it('go where they were made from another, longer or shorter or as long', () =>
    withLedgers([events, others, events.slice(0, 100)], async (one, other, shorter) => {
      for (const [from, to] of [
        [one, other],
        [one, shorter],
        [other, one],
      ] as const) {
        const file = await made(from);
        expect(await removeForeign(to.store, file)).toBe(true);
        expect(existsSync(file)).toBe(false);
      }
    }));

  it('stay where a copy has every event at the same place', () =>
    withLedgers([events, events], async (one, copy) => {
      const file = await made(one);
      expect(await removeForeign(copy.store, file)).toBe(false);
    }));
});
