import { TOO_MANY_BULKY } from './naive-ledger.js';
import {
  accounts,
  common,
  consigneeActor,
  actorFor,
  count,
  entryToReverse,
  holder,
  nik,
  NOT_SENT,
  offices,
  openShipment,
  someEntry,
  stated,
  type Scene,
} from './scene.js';
import { STEP_KINDS, type Step, type StepKind, type StepOf } from './steps.js';

type Maker<K extends StepKind> = (scene: Scene) => StepOf<K>;

const makers: { readonly [K in StepKind]: Maker<K> } = {
  ProcureBatch: (scene) => {
    const { ledger, cast, random } = scene;
    const isSecond = ledger.batches.has(cast.batch);
    const account = isSecond ? cast.legacy : cast.batch;
    const contract = isSecond ? null : 'CONTOH/KTR/1';
    const quantity = isSecond ? 12 : 40;
    const serialMax = quantity + random.between(0, 5);
    return {
      ...common(scene, account),
      kind: 'ProcureBatch',
      contract,
      quantity,
      serialMax,
      approval: null,
    };
  },
  RecordProduction: (scene) => {
    const { ledger, cast, random } = scene;
    const account = random.chance(0.7) ? cast.batch : cast.legacy;
    const code = account.slice(2);
    const free = Array.from(
      { length: ledger.batches.get(account)?.serialMax ?? 40 },
      (_, index) => `${code}/${String(index + 1)}`,
    ).filter((serial) => !ledger.places.has(serial));
    const first = free[0] ?? `${code}/1`;
    const from = Number(first.split('/')[1]);
    const isRun =
      random.chance(0.5) && free.length > 15 && !ledger.places.has(`${code}/${String(from + 11)}`);
    const serials =
      isRun &&
      free.includes(`${code}/${String(from + 11)}`) &&
      free.slice(0, 12).every((serial, index) => serial === `${code}/${String(from + index)}`)
        ? [`${first}..${String(from + 11)}`]
        : random.some(free.length > 0 ? free : [first], 6);
    return { ...common(scene, account), kind: 'RecordProduction', serials };
  },
  CloseBatch: (scene) => {
    const account = scene.random.pick([scene.cast.batch, scene.cast.legacy]);
    const reason = scene.random.chance(0.5) ? null : 'the press broke';
    return { ...common(scene, account), kind: 'CloseBatch', reason };
  },
  DispatchShipment: (scene) => {
    const { ledger, cast, random, time } = scene;
    const account = holder(scene, ['usable', 'invalid'], accounts(scene));
    const to = random.pick(
      [...offices(scene), ...cast.villages, cast.evidence, cast.batch].filter(
        (other) => other !== account,
      ),
    );
    const opening = account === cast.legacy ? 'opening' : 'allocation';
    const basis =
      to === cast.evidence
        ? 'evidence'
        : random.pick([opening, 'return', 'for_destruction'] as const);
    const [usable, invalid] = [ledger.in(account, 'usable'), ledger.in(account, 'invalid')];
    const out = usable.length === 0 ? [] : random.some(usable, 6);
    const half = random.between(0, out.length);
    const packages = [
      {
        usable: out.slice(0, half),
        invalid: invalid.length > 0 && random.chance(0.5) ? random.some(invalid, 2) : [],
      },
      { usable: out.slice(half), invalid: [] },
    ];
    const expectedBy = new Date(time + random.between(-40, 60) * 60_000).toISOString();
    return {
      ...common(scene, account),
      kind: 'DispatchShipment',
      to,
      basis,
      packages,
      expectedBy,
      approval: null,
    };
  },
  ReceiveShipment: (scene) => {
    const { ledger, random, cast } = scene;
    const shipment = openShipment(scene);
    const account = shipment?.consignee ?? cast.district;
    const open = random.shuffled([...ledger.open(shipment?.id ?? '').keys()]);
    const [stated, damaged] = [random.between(0, open.length), random.between(0, 2)];
    const [asStated, rest] = [open.slice(0, stated), open.slice(stated)];
    const unexpected = random.chance(0.2) ? [`${cast.code}A/49`] : [];
    return {
      ...common(scene, account, consigneeActor(scene, account)),
      kind: 'ReceiveShipment',
      shipment: shipment?.id ?? NOT_SENT,
      asStated,
      damaged: rest.slice(0, damaged),
      missing: random.chance(0.4) ? rest.slice(damaged) : [],
      unexpected: shipment?.manifest.has(`${cast.code}A/49`) ? [] : unexpected,
      approval: null,
    };
  },
  RefuseShipment: (scene) => {
    const surrender = [...scene.ledger.shipments.values()].find(({ isSurrender }) => isSurrender);
    const shipment = scene.random.chance(0.1) ? (surrender ?? null) : openShipment(scene);
    const account = shipment?.consignee ?? scene.cast.district;
    const actor = consigneeActor(scene, account);
    return {
      ...common(scene, account, actor),
      kind: 'RefuseShipment',
      shipment: shipment?.id ?? NOT_SENT,
      approval: null,
    };
  },
  IssueBlanks: (scene) => {
    const { ledger, random, cast } = scene;
    const account = holder(scene, ['usable'], [...offices(scene), ...offices(scene), cast.legacy]);
    const usable = ledger.in(account, 'usable');
    const serials = random.some(usable.length > 0 ? usable : [`${cast.code}A/1`], 3);
    const issuances = serials.map((serial) => ({
      serial,
      nik: nik(random.between(1, 400)),
      replaces: random.chance(0.2) ? `${cast.code}A/50` : null,
      chipUid: random.chance(0.3) ? '04A1B2C3D4' : null,
    }));
    return { ...common(scene, account), kind: 'IssueBlanks', isBulky: false, issuances };
  },
  SurrenderCard: (scene) => {
    const { ledger, random, cast } = scene;
    const account = holder(scene, ['issued'], [...offices(scene), cast.legacy]);
    const issued = ledger.in(account, 'issued');
    const serial = issued.length > 0 ? random.pick(issued) : `${cast.code}A/1`;
    const own = account === cast.legacy ? cast.district : account;
    const handedInAt = random.chance(0.5) ? own : random.pick(offices(scene));
    return { ...common(scene, account), kind: 'SurrenderCard', serial, handedInAt };
  },
  RecordSpoilage: (scene) => {
    const { ledger, random, cast } = scene;
    const account = holder(scene, ['usable'], [...offices(scene), cast.batch]);
    const usable = ledger.in(account, 'usable');
    const serials = random.some(usable.length > 0 ? usable : [`${cast.code}A/1`], 3);
    return { ...common(scene, account), kind: 'RecordSpoilage', serials };
  },
  DestroyBlanks: (scene) => {
    const { ledger, random, cast } = scene;
    const account = holder(scene, ['invalid'], [...offices(scene), cast.batch]);
    const invalid = ledger.in(account, 'invalid');
    const unnumbered = ledger.stream(`custody-${account}`).unnumbered;
    return {
      ...common(scene, account),
      kind: 'DestroyBlanks',
      serials: invalid.length > 0 ? random.some(invalid, 3) : [],
      unnumbered: random.between(0, Math.min(unnumbered, 4)),
      witnesses: ['w-1', 'w-2'].map((id) => ({ id, role: 'witness', facilityId: cast.district })),
      hasRecord: true,
      approval: null,
    };
  },
  ReportMissing: (scene) => {
    const { ledger, random, cast } = scene;
    const shipment = random.chance(0.4) ? openShipment(scene) : null;
    const account = shipment?.consignee ?? holder(scene, ['usable', 'invalid'], accounts(scene));
    const here = [...(shipment === null ? ledger.held(account) : ledger.open(shipment.id)).keys()];
    const serials = random.some(here.length > 0 ? here : [`${cast.code}A/1`], 2);
    const actor = shipment === null ? actorFor(scene, account) : consigneeActor(scene, account);
    return {
      ...common(scene, account, actor),
      kind: 'ReportMissing',
      serials,
      shipment: shipment?.id ?? null,
      approval: null,
    };
  },
  RecoverBlanks: (scene) => {
    const { ledger, random, cast } = scene;
    const account = holder(scene, ['missing'], accounts(scene));
    const missing = ledger.in(account, 'missing');
    const serials = random.some(missing.length > 0 ? missing : [`${cast.code}A/1`], 3);
    return {
      ...common(scene, account),
      kind: 'RecoverBlanks',
      serials,
      as: random.pick(['usable', 'invalid'] as const),
    };
  },
  CountStock: (scene) => ({ ...count(scene), kind: 'CountStock' }),
  HandOverCustody: (scene) => {
    const sheet = count(scene);
    const from = scene.ledger.stream(`custody-${sheet.account}`).custodian;
    const to = scene.random.pick(['budi', 'sari', 'wati'].filter((name) => name !== from));
    return { ...sheet, kind: 'HandOverCustody', from, to };
  },
  ReverseEntry: (scene) => {
    const entry = entryToReverse(scene);
    const role = scene.random.chance(0.3) ? 'ministry' : 'custodian';
    const step = common(scene, entry.account);
    return {
      ...step,
      actor: { ...step.actor, role },
      kind: 'ReverseEntry',
      revision: entry.revision,
      approval: null,
    };
  },
  CorrectOccurrence: (scene) => {
    const { random, time } = scene;
    const entry = someEntry(scene);
    const correctedTo = stated(time - random.between(20, 400) * 60_000, 'minute', 'Asia/Jakarta');
    return {
      ...common(scene, entry.account),
      kind: 'CorrectOccurrence',
      revision: entry.revision,
      correctedTo,
    };
  },
  ReportTransitIncident: (scene) => {
    const shipment = openShipment(scene);
    const account = shipment?.consignor ?? scene.cast.district;
    return {
      ...common(scene, account),
      kind: 'ReportTransitIncident',
      shipment: shipment?.id ?? NOT_SENT,
    };
  },
  RecordUnnumbered: (scene) => {
    const account = scene.random.pick([...offices(scene), scene.cast.batch]);
    return {
      ...common(scene, account),
      kind: 'RecordUnnumbered',
      count: scene.random.between(1, 9),
    };
  },
  RecordFinding: (scene) => {
    const { random, cast, ledger } = scene;
    const serials = random.chance(0.6)
      ? random.some([...ledger.places.keys(), `${cast.code}A/48`], 3)
      : [];
    const account = `${cast.code}-F${String(random.between(1, 6))}`;
    const illegibleCount = serials.length === 0 ? 3 : 0;
    return { ...common(scene, account), kind: 'RecordFinding', serials, illegibleCount };
  },
  ResolveFinding: (scene) => {
    const { random, cast, ledger } = scene;
    const open = [...ledger.findings].filter(([, { isResolved }]) => !isResolved);
    const known = open.length > 0 && random.chance(0.85) ? open : [...ledger.findings];
    const account = known.length > 0 ? random.pick(known)[0] : `${cast.code}-F1`;
    const how = random.pick(['surrendered', 'recovered', 'contradiction'] as const);
    const eventIds = how === 'contradiction' ? [] : ['0b6c5e86-6c2a-5d0e-9d53-1c6a3a1f7c11'];
    return { ...common(scene, account), kind: 'ResolveFinding', how, eventIds };
  },
  ReportDemand: (scene) => {
    const account = scene.random.pick(offices(scene));
    return {
      ...common(scene, account),
      kind: 'ReportDemand',
      waiting: scene.random.between(0, 900),
    };
  },
};

/** Issuances whose entries together are too large, where an office has blanks enough. */
export function bulkyIssuance(scene: Scene): Step | null {
  const { ledger, cast, random } = scene;
  const account = [...offices(scene), cast.legacy].find(
    (one) => ledger.in(one, 'usable').length >= TOO_MANY_BULKY,
  );
  if (account === undefined) return null;
  const serials = ledger.in(account, 'usable').slice(0, TOO_MANY_BULKY);
  const issuances = serials.map((serial) => ({
    serial,
    nik: nik(random.between(1, 400)),
    replaces: null,
    chipUid: null,
  }));
  return { ...common(scene, account), kind: 'IssueBlanks', isBulky: true, issuances };
}

const WEIGHTS: Readonly<Record<StepKind, number>> = {
  ProcureBatch: 1,
  RecordProduction: 3,
  CloseBatch: 1,
  DispatchShipment: 9,
  ReceiveShipment: 12,
  RefuseShipment: 3,
  IssueBlanks: 5,
  SurrenderCard: 4,
  RecordSpoilage: 4,
  DestroyBlanks: 4,
  ReportMissing: 4,
  RecoverBlanks: 3,
  CountStock: 3,
  HandOverCustody: 2,
  ReverseEntry: 6,
  CorrectOccurrence: 3,
  ReportTransitIncident: 2,
  RecordUnnumbered: 3,
  RecordFinding: 3,
  ResolveFinding: 3,
  ReportDemand: 2,
};
const BAG = STEP_KINDS.flatMap((kind) => Array.from({ length: WEIGHTS[kind] }, () => kind));
/** Without these little can happen. */
const OPENING: readonly StepKind[] = [
  'ProcureBatch',
  'ProcureBatch',
  'RecordProduction',
  'RecordProduction',
  'RecordProduction',
  'DispatchShipment',
  'DispatchShipment',
  'ReceiveShipment',
  'ReceiveShipment',
];

/** A command that the state of the books suggests; whether it is accepted, the ledger decides. */
export function sensibleStep(scene: Scene, index: number): Step {
  const kind = OPENING[index] ?? scene.random.pick(BAG);
  return makers[kind](scene);
}
