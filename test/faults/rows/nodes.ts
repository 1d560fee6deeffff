import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EventStoreDbStore } from '../../../src/event-store/eventstoredb/eventstoredb-store.js';
import { hashReadModels } from '../../../src/read-models/dump.js';
import { StandInServer } from '../../support/stand-in/stand-in-server.js';
import { figure, must, type FaultRow, type Outcome, type Trial } from '../fault-row.js';
import { FaultyServer, type Answer } from '../faulty-server.js';
import { readModelsEqualFreshFold } from '../fresh-fold.js';

const NODES = 3;
const CLAIMANTS = 20;
const BATCH = '2017-A';
/** As many as may leave an account without a second person. */
const SHIPMENT = 500;
const OFFICE = '31.71';
const OCCURRED = { value: '2017-03-31', precision: 'day', zone: 'Asia/Jakarta' };
const FOLLOWED_WITHIN_MS = 30_000;

async function accepted(answer: Promise<Answer>): Promise<void> {
  const { status, text } = await answer;
  must(status === 201, `a command was answered ${status} ${text}`);
}

function dispatch(to: string, usable: readonly string[], basis: string): object {
  return {
    occurredAt: OCCURRED,
    to,
    basis,
    packages: [{ label: 'K-1', kind: 'carton', seal: 'S-1', usable }],
    carrier: 'Jasa Angkut Nasional (contoh)',
    expectedBy: '2017-04-02T17:00:00+07:00',
  };
}

/** Blanks 1 to `count` of the batch, from the vendor to an office that issues. */
async function stock(node: FaultyServer, count: number): Promise<void> {
  const all = [`${BATCH}/1..${count}`];
  await accepted(
    node.post('/batches', {
      occurredAt: OCCURRED,
      batch: BATCH,
      contract: 'CONTOH/KTR/2017-A',
      vendor: 'Penyedia Blangko Nasional (contoh)',
      signedOn: '2017-03-22',
      quantity: count,
      cardOrigin: 'ID',
      chipOrigin: 'FR',
    }),
  );
  const production = { occurredAt: OCCURRED, serials: all, deliveryNo: 'SP-1' };
  await accepted(node.post(`/batches/${BATCH}/productions`, production));
  await accepted(node.post(`/accounts/B.${BATCH}/shipments`, dispatch('00', all, 'allocation')));
  const received = { occurredAt: OCCURRED, account: '00', asStated: all };
  await accepted(node.post(`/shipments/B.${BATCH}-000001/receipts`, received));
  for (let first = 1, sent = 1; first <= count; first += SHIPMENT, sent++) {
    const part = [`${BATCH}/${first}..${Math.min(first + SHIPMENT - 1, count)}`];
    await accepted(node.post('/accounts/00/shipments', dispatch(OFFICE, part, 'allocation')));
    const there = { occurredAt: OCCURRED, account: OFFICE, asStated: part };
    const id = `00-${String(sent).padStart(6, '0')}`;
    await accepted(node.post(`/shipments/${id}/receipts`, there));
  }
}

/** Half of them would issue the blank, half would send it away. */
function claim(node: FaultyServer, serial: string, claimant: number): Promise<Answer> {
  if (claimant % 2 === 1)
    return node.post(`/accounts/${OFFICE}/shipments`, dispatch('31', [serial], 'return'));
  const nik = `31710145078500${String(claimant + 1).padStart(2, '0')}`;
  const issuances = [{ serial, nik, reason: 'backlog' }];
  return node.post(`/accounts/${OFFICE}/issuances`, { occurredAt: OCCURRED, issuances });
}

async function run({ folder, count }: Trial): Promise<Outcome> {
  const rounds = count(1_000, 20);
  await using server = await StandInServer.start({ folder: join(folder, 'event-store') });
  const { connectionString } = server;
  const env = {
    EVENT_STORE: connectionString,
    VAULT: `sqlite:${join(folder, 'vault.db')}`,
    VAULT_KEY: '7'.repeat(64),
  };
  const names = Array.from({ length: NODES }, (_, node) => join(folder, `node-${node}`));
  await using stack = new AsyncDisposableStack();
  const nodes: FaultyServer[] = [];
  for (const name of names) nodes.push(stack.use(await FaultyServer.start(name, { env })));
  const nodeOf = (number: number): FaultyServer => nodes[number % NODES] as FaultyServer;
  await stock(nodeOf(0), rounds);
  const answers = new Map<string, number>();
  for (let round = 1; round <= rounds; round++) {
    const serial = `${BATCH}/${round}`;
    const claims = Array.from({ length: CLAIMANTS }, (_, claimant) =>
      // Each claimant at another node in each round.
      claim(nodeOf(claimant + round), serial, claimant),
    );
    const codes = (await Promise.all(claims)).map(codeOf);
    const winners = codes.filter((code) => code === 'accepted').length;
    must(winners === 1, `${winners} of ${CLAIMANTS} won ${serial}: ${codes.join(', ')}`);
    for (const code of codes) answers.set(code, (answers.get(code) ?? 0) + 1);
  }
  answers.delete('accepted');
  for (const code of answers.keys())
    must(['serials_not_usable_here', 'busy'].includes(code), `a claim was answered ${code}`);
  const hashes = await sameReadModels(connectionString, nodes, names);
  must(new Set(hashes).size === 1, `the read models differ: ${hashes.join(', ')}`);
  const losers = [...answers].map(([code, times]) => `${figure(times)} ${code}`).join(' and ');
  return {
    count: `${figure(rounds)} rounds`,
    result: `exactly one winner each, the others ${losers}; afterwards the read models of the ${NODES} nodes are identical, and those of a fresh fold`,
  };
}

function codeOf({ status, text }: Answer): string {
  if (status === 201) return 'accepted';
  return String((JSON.parse(text) as { readonly code?: string }).code);
}

/** Each node's, at the end of the log and once it has ended. */
async function sameReadModels(
  connectionString: string,
  nodes: readonly FaultyServer[],
  names: readonly string[],
): Promise<readonly string[]> {
  const store = await EventStoreDbStore.open({ connectionString });
  try {
    const head = String(await store.head());
    for (const node of nodes) {
      const deadline = performance.now() + FOLLOWED_WITHIN_MS;
      while ((await node.get(`/stock/31?atLeast=${head}`)).status !== 200) {
        must(performance.now() < deadline, 'the read models of a node do not follow');
        await sleep(50);
      }
      must((await node.stop()).code === 0, 'a node did not end with code 0');
    }
    const [first = ''] = names;
    await readModelsEqualFreshFold(store, join(first, 'read-models.db'));
    return names.map((name) => hashReadModels(join(name, 'read-models.db')));
  } finally {
    await store.close();
  }
}

export const nodes: FaultRow = {
  name: 'nodes',
  fault: 'races over several nodes',
  how: `${NODES} server processes on one stand-in server and one vault, each with read models of its own; ${CLAIMANTS} claimants for one serial over HTTP, spread over the nodes`,
  needs: [],
  run,
};
