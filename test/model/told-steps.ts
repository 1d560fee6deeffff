import type { OccurredAt } from '../../src/custody/occurrence.js';
import type { Answer, Node, Sending } from './nodes.js';
import { stated } from './scene.js';
import type { Step, StepKind, StepOf } from './steps.js';
import type { World } from './world.js';

/** 08:00 WIB of 1 March 2017, in milliseconds since the epoch. */
export const MORNING = Date.parse('2017-03-01T08:00:00+07:00');
export const MINUTE_MS = 60_000;

const BATCH = 'B.2017-A';
export const DISTRICT = '31.71.01';
export const VILLAGE = '31.71.01.1001';

export function minutesAfter(minutes: number): OccurredAt {
  return stated(MORNING + minutes * MINUTE_MS, 'minute', 'Asia/Jakarta');
}

/** A step at an account by its own officer, happening at {@link MORNING} unless it says otherwise. */
export function step<K extends StepKind>(
  kind: K,
  commandId: string,
  account: string,
  details: Omit<StepOf<K>, 'kind' | 'commandId' | 'account' | 'actor' | 'at' | 'note'> &
    Partial<Pick<StepOf<K>, 'actor' | 'at' | 'note'>>,
): Step {
  const facilityId = account.includes('.') && /^[BE]/.test(account) ? '00' : account;
  const actor = { id: `officer-${facilityId}`, role: 'custodian', facilityId };
  const entry = { commandId, account, actor, at: minutesAfter(0), note: '' };
  return { ...entry, ...details, kind } as unknown as Step;
}

/** A node whose clock shows {@link MORNING} and so many minutes, on a network without faults. */
export function at(minutes: number, faults: Sending['faults'] = []): Sending {
  return { now: MORNING + minutes * MINUTE_MS, faults };
}

export type Accepted = Extract<Answer, { kind: 'accepted' }>['outcome'];

export async function accepted(node: Node, sent: Step, sending = at(0)): Promise<Accepted> {
  const answer = await node.send(sent, sending);
  if (answer.kind === 'accepted') return answer.outcome;
  const why = answer.kind === 'refused' ? answer.rejection.code : 'busy';
  throw new Error(`${sent.kind} ${sent.commandId}: ${why}`);
}

export async function refusalOf(node: Node, sent: Step, sending = at(0)): Promise<string> {
  const answer = await node.send(sent, sending);
  return answer.kind === 'refused' ? answer.rejection.code : answer.kind;
}

/** Sends without an approval to learn what is to be approved, then with it. */
export async function approved(node: Node, sent: Step, sending = at(0)): Promise<Accepted> {
  const answer = await node.send(sent, sending);
  const contentHash = answer.kind === 'refused' ? answer.rejection.details?.['contentHash'] : null;
  if (typeof contentHash !== 'string') throw new Error(`${sent.kind} asks for no approval`);
  return accepted(node, withApproval(sent, contentHash), sending);
}

export function withApproval(sent: Step, contentHash: string): Step {
  const by = { id: 'approver', role: 'ministry', facilityId: '31' };
  const approval = { by, at: '2017-03-01T00:30:00.000Z', contentHash };
  return { ...sent, approval } as Step;
}

export function dispatch(
  commandId: string,
  from: string,
  to: string,
  usable: readonly string[],
  occurredAt = minutesAfter(0),
): Step {
  return step('DispatchShipment', commandId, from, {
    at: occurredAt,
    to,
    basis: 'allocation',
    packages: [{ usable, invalid: [] }],
    expectedBy: '2017-03-05T05:00:00.000Z',
    approval: null,
  });
}

export function receive(
  commandId: string,
  account: string,
  shipment: string,
  asStated: readonly string[],
  occurredAt = minutesAfter(0),
): Step {
  return step('ReceiveShipment', commandId, account, {
    at: occurredAt,
    shipment,
    asStated,
    damaged: [],
    missing: [],
    unexpected: [],
    approval: null,
  });
}

export function issue(commandId: string, account: string, serial: string, resident: string): Step {
  return step('IssueBlanks', commandId, account, {
    isBulky: false,
    issuances: [{ serial, nik: resident, replaces: null, chipUid: null }],
  });
}

/** A batch of `quantity` blanks at its vendor, and the offices of one district. */
export async function foundBatch(world: World, node: Node, quantity: number): Promise<void> {
  for (const [facilityId, parent] of [
    ['31', null],
    [DISTRICT, '31'],
    [VILLAGE, DISTRICT],
  ] as const) {
    world.facilities.set(facilityId, { facilityId, parent, successor: null, isOpen: true });
  }
  const contract = { contract: 'CONTOH/KTR/1', quantity, serialMax: quantity, approval: null };
  await accepted(node, step('ProcureBatch', 'procure', BATCH, contract));
  const serials = [`2017-A/1..${String(quantity)}`];
  await accepted(node, step('RecordProduction', 'produce', BATCH, { serials }));
}

/** Blanks 1 to `quantity` of a batch, received at {@link VILLAGE}. */
export async function stockVillage(world: World, node: Node, quantity: number): Promise<void> {
  await foundBatch(world, node, quantity);
  const all = [`2017-A/1..${String(quantity)}`];
  await accepted(node, dispatch('supply', BATCH, VILLAGE, all));
  await accepted(node, receive('supplied', VILLAGE, `${BATCH}-000001`, all));
}
