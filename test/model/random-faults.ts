import type { Approval } from '../../src/custody/account/events.js';
import { bulkyIssuance } from './random-steps.js';
import { accounts, offices, stated, type Scene } from './scene.js';
import { streamOf, type Step } from './steps.js';

const TOO_MANY: readonly string[] = Array.from(
  { length: 10_001 },
  (_, index) => `X/${String(index + 1)}`,
);
const DAY_MS = 86_400_000;
export const UNKNOWN_OFFICE = '99.99.99.9999';

const LISTS = [
  'serials',
  'asStated',
  'damaged',
  'missing',
  'unexpected',
  'seenUsable',
  'seenInvalid',
] as const;

/** The step with one of its serial lists replaced, if it has any. */
function withList(
  step: Step,
  { random }: Scene,
  change: (list: readonly string[]) => readonly string[],
): Step {
  if (step.kind === 'IssueBlanks' || step.kind === 'SurrenderCard') return withCard(step, change);
  if (step.kind === 'DispatchShipment') {
    const index = random.between(0, step.packages.length - 1);
    const key = random.pick(['usable', 'invalid'] as const);
    const packages = step.packages.map((pack, at) =>
      at === index ? { ...pack, [key]: change(pack[key]) } : pack,
    );
    return { ...step, packages };
  }
  const keys = LISTS.filter((key) => key in step);
  if (keys.length === 0) return step;
  const key = random.pick(keys);
  return {
    ...step,
    [key]: change((step as unknown as Record<string, readonly string[]>)[key] ?? []),
  };
}

function withCard(
  step: Extract<Step, { kind: 'IssueBlanks' | 'SurrenderCard' }>,
  change: (list: readonly string[]) => readonly string[],
): Step {
  if (step.kind === 'SurrenderCard')
    return { ...step, serial: change([step.serial]).at(-1) ?? step.serial };
  const [first, ...rest] = step.issuances;
  if (first === undefined) return step;
  const serial = change([first.serial]).at(-1);
  return { ...step, issuances: serial === undefined ? [] : [{ ...first, serial }, ...rest] };
}

type Fault = (step: Step, scene: Scene) => Step;

function spentHash(step: Step, { ledger }: Scene): string | undefined {
  return [...ledger.stream(streamOf(step)).approvals][0];
}

function approved(step: Step, approval: Approval): Step {
  return 'approval' in step ? { ...step, approval } : step;
}

export function approvalBy(id: string, role: string, contentHash: string): Approval {
  return { by: { id, role, facilityId: '31' }, at: '2017-04-01T00:00:00.000Z', contentHash };
}

/** Faults any command may have. */
const GENERAL: readonly Fault[] = [
  (step, { cast, random }) => ({
    ...step,
    account: random.pick([UNKNOWN_OFFICE, `B.${cast.code}Z`]),
  }),
  (step, scene) => ({ ...step, account: scene.random.pick(accounts(scene)) }),
  (step, { cast, random }) => ({ ...step, account: random.pick([cast.evidence, cast.batch]) }),
  (step, scene) => {
    const facilityId = scene.random.pick([...offices(scene), '31']);
    return { ...step, actor: { ...step.actor, id: `officer-${facilityId}`, facilityId } };
  },
  (step, { time }) => ({ ...step, at: stated(time + 800 * DAY_MS, 'day', 'Asia/Jakarta') }),
  (step, { time, random }) => ({
    ...step,
    at: stated(time + random.between(-22, 28) * 60_000, 'minute', 'Asia/Jakarta'),
  }),
  (step, { time }) => ({ ...step, at: stated(time - 300 * DAY_MS, 'day', 'Asia/Jakarta') }),
  (step, { time }) => ({ ...step, at: stated(time - 3 * DAY_MS, 'second', 'Asia/Jayapura') }),
  (step) => ({ ...step, at: { ...step.at, value: '2017-02-30', precision: 'day' } }),
  (step) => ({ ...step, account: 'X.1' }),
  (step, { random }) =>
    approved(
      step,
      approvalBy(step.actor.id, 'custodian', random.chance(0.5) ? 'a'.repeat(64) : 'b'.repeat(64)),
    ),
  (step) => approved(step, approvalBy('approver', 'ministry', 'a'.repeat(64))),
  (step, scene) =>
    approved(step, approvalBy('approver', 'ministry', spentHash(step, scene) ?? 'b'.repeat(64))),
  (step, scene) =>
    approved(step, approvalBy('approver', 'ministry', spentHash(step, scene) ?? 'a'.repeat(64))),
];

/** Faults of lists of serials. */
const OF_LISTS: readonly Fault[] = [
  (step, scene) => withList(step, scene, () => []),
  (step, scene) => withList(step, scene, (list) => [...list, `${scene.cast.code}A/0`]),
  (step, scene) => withList(step, scene, (list) => [...list, `${scene.cast.code}A/9..3`]),
  (step, scene) => withList(step, scene, (list) => [...list, `${scene.cast.code}a/1`]),
  (step, scene) => withList(step, scene, (list) => [...list, ...list.slice(0, 1)]),
  (step, scene) => {
    const places = [...scene.ledger.places.keys()];
    return places.length === 0
      ? step
      : withList(step, scene, (list) => [...list, scene.random.pick(places)]);
  },
  (step, scene) =>
    withList(step, scene, (list) => [
      ...list,
      `${scene.cast.code}A/${String(scene.random.between(1, 60))}`,
    ]),
  (step, scene) => (scene.random.chance(0.2) ? withList(step, scene, () => TOO_MANY) : step),
];

type OfTransit = Extract<
  Step,
  { kind: 'ReceiveShipment' | 'RefuseShipment' | 'ReportTransitIncident' | 'ReportMissing' }
>;

/** Another shipment, or of this one what is not in it any more. */
function faultOfTransit(step: OfTransit, { random, ledger }: Scene): Step {
  const all = [...ledger.shipments.keys()];
  const manifest = [...(ledger.shipments.get(step.shipment ?? '')?.manifest.keys() ?? [])];
  if (step.kind === 'ReportMissing' && step.shipment !== null && random.chance(0.5))
    return { ...step, serials: manifest };
  if (step.kind !== 'ReceiveShipment' || random.chance(0.3))
    return { ...step, shipment: random.pick(['11-000009', 'no number', ...all, ...all]) };
  const nothing = { asStated: [], damaged: [], missing: [] };
  const settled = [...step.asStated, ...step.damaged, ...step.missing];
  const rest = manifest.filter((serial) => !settled.includes(serial));
  return random.pick<Step>([
    { ...step, ...nothing },
    { ...step, ...nothing, asStated: manifest },
    { ...step, ...nothing, damaged: manifest },
    { ...step, ...nothing, asStated: manifest, unexpected: manifest.slice(0, 1) },
    { ...step, unexpected: rest.slice(0, 1) },
    { ...step, ...nothing, damaged: manifest.slice(0, 1), unexpected: manifest.slice(1, 2) },
  ]);
}

/** Faults that one kind of command can have. */
function ownFault(step: Step, scene: Scene): Step {
  const { random, cast, ledger, time } = scene;
  switch (step.kind) {
    case 'ProcureBatch':
      return { ...step, quantity: random.pick([0, step.serialMax + 1, step.quantity]) };
    case 'RecordProduction':
      return {
        ...step,
        serials: [`${step.account.slice(2)}/${random.pick(['60', '1..40', '1..45'])}`],
      };
    case 'CloseBatch':
      return { ...step, account: cast.batch, reason: null };
    case 'DispatchShipment':
      return random.chance(0.5)
        ? {
            ...step,
            to: random.pick([
              step.account,
              UNKNOWN_OFFICE,
              `B.${cast.code}Z`,
              cast.closing,
              'nowhere',
            ]),
          }
        : { ...step, basis: random.pick(['evidence', 'opening'] as const) };
    case 'ReceiveShipment':
    case 'RefuseShipment':
    case 'ReportTransitIncident':
    case 'ReportMissing':
      return faultOfTransit(step, scene);
    case 'IssueBlanks': {
      const [first, ...rest] = step.issuances;
      if (first === undefined) return step;
      const changes = [
        { replaces: first.serial },
        { nik: '3171015513900001' },
        { nik: '12' },
        { chipUid: 'zz' },
      ];
      return random.chance(0.2)
        ? { ...step, issuances: [first, first] }
        : { ...step, issuances: [{ ...first, ...random.pick(changes) }, ...rest] };
    }
    case 'SurrenderCard':
      return {
        ...step,
        handedInAt: random.pick([UNKNOWN_OFFICE, 'B.X', cast.closing, cast.merging]),
      };
    case 'DestroyBlanks':
      return random.pick<Step>([
        { ...step, witnesses: step.witnesses.slice(1) },
        { ...step, witnesses: [...step.witnesses.slice(1), step.actor] },
        { ...step, hasRecord: false },
        { ...step, unnumbered: 50 },
        { ...step, unnumbered: -1 },
      ]);
    case 'HandOverCustody':
      return random.chance(0.5) ? { ...step, from: step.to } : { ...step, from: 'nobody' };
    case 'CountStock':
      return { ...step, bookRevision: 99 };
    case 'ReverseEntry':
    case 'CorrectOccurrence': {
      const revision = random.chance(0.3)
        ? 99
        : random.between(0, ledger.stream(streamOf(step)).entries.length);
      if (step.kind === 'ReverseEntry' || random.chance(0.4)) return { ...step, revision };
      return {
        ...step,
        correctedTo: stated(time - random.pick([300, 3, -300]) * DAY_MS, 'day', 'Asia/Jakarta'),
      };
    }
    case 'RecordUnnumbered':
      return { ...step, count: random.pick([0, -4, 10_000_001]) };
    case 'RecordFinding':
      return random.chance(0.4)
        ? { ...step, account: 'no id' }
        : { ...step, illegibleCount: random.pick([-1, 10_000_001]) };
    case 'ResolveFinding':
      return random.chance(0.5)
        ? { ...step, account: random.pick([...ledger.findings.keys(), `${cast.code}-F7`]) }
        : { ...step, how: 'received', eventIds: [] };
    case 'ReportDemand':
      return { ...step, waiting: random.pick([null, -1, 100_000_001]) };
    case 'RecordSpoilage':
    case 'RecoverBlanks':
      return withList(step, scene, (list) => list.map((serial) => serial.replace(/\d+$/, '44')));
  }
}

/** The step with something wrong with it, most likely. */
export function faulty(step: Step, scene: Scene): Step {
  const { random } = scene;
  const lot = random.unit();
  if (lot < 0.04) return bulkyIssuance(scene) ?? step;
  if (lot < 0.35) return random.pick(GENERAL)(step, scene);
  return lot < 0.55 ? random.pick(OF_LISTS)(step, scene) : ownFault(step, scene);
}

/** The same command, its serials written otherwise. */
function respelled(step: Step, scene: Scene): Step {
  const spell = (list: readonly string[]): readonly string[] =>
    scene.random.shuffled(
      list.map((text) => (text.includes('..') ? text : text.replace(/(\d+)$/, '00$1'))),
    );
  return step.kind === 'IssueBlanks' ||
    step.kind === 'SurrenderCard' ||
    step.kind === 'DispatchShipment'
    ? step
    : withList(step, scene, spell);
}

/** An earlier command sent again: as it was, with other content, or by or for another person. */
export function retried(step: Step, scene: Scene): Step {
  const { random } = scene;
  const lot = random.unit();
  if (lot < 0.3) return step;
  if (lot < 0.5) return respelled(step, scene);
  if (lot < 0.7) return { ...step, note: `${step.note}!`.slice(0, 9) };
  if (lot < 0.85) return { ...step, actor: { ...step.actor, id: 'somebody-else' } };
  if (step.kind !== 'IssueBlanks') return ownFault(step, scene);
  const issuances = step.issuances.map((one) => ({ ...one, nik: `${one.nik.slice(0, 15)}9` }));
  return { ...step, issuances };
}
