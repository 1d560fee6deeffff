import type { HeldState, Officer } from '../../src/custody/account/events.js';
import type { OccurredAt } from '../../src/custody/occurrence.js';
import type { NaiveLedger } from './naive-ledger.js';
import type { Random } from './random.js';

/** The accounts of one history: their codes occur in no other. */
export interface Cast {
  readonly code: string;
  readonly district: string;
  readonly villages: readonly [string, string];
  /** Closes during the history; a village is its successor. */
  readonly closing: string;
  /** Closes during the history; the district, its parent, is its successor. */
  readonly merging: string;
  readonly batch: string;
  readonly legacy: string;
  readonly evidence: string;
}

/** What a step is made from: the history so far, its time, and chance. */
export interface Scene {
  readonly random: Random;
  readonly ledger: NaiveLedger;
  readonly cast: Cast;
  /** The time of the step, in milliseconds since the epoch; nodes' clocks differ from it. */
  readonly time: number;
  readonly commandId: string;
}

export const OFFSET_MS = { 'Asia/Jakarta': 7, 'Asia/Makassar': 8, 'Asia/Jayapura': 9 } as const;

export function stated(
  time: number,
  precision: OccurredAt['precision'],
  zone: OccurredAt['zone'],
): OccurredAt {
  const local = new Date(time + OFFSET_MS[zone] * 3_600_000).toISOString();
  return { value: local.slice(0, { day: 10, minute: 16, second: 19 }[precision]), precision, zone };
}

export function offices({ cast }: Scene): readonly string[] {
  return [cast.district, ...cast.villages, cast.closing, cast.merging];
}

export function accounts(scene: Scene): readonly string[] {
  return [...offices(scene), scene.cast.batch, scene.cast.legacy, scene.cast.evidence];
}

export function actorFor({ ledger }: Scene, account: string): Officer {
  const facility = ledger.facilities.get(account);
  const facilityId = facility === undefined ? '00' : account;
  const office = facility?.isOpen === false ? (facility.successor ?? facilityId) : facilityId;
  return { id: `officer-${office}`, role: 'custodian', facilityId: office };
}

/** Accounts that have serials in one of the states, else any. */
export function holder(
  scene: Scene,
  states: readonly HeldState[] | readonly ['issued'] | readonly ['missing'],
  among: readonly string[],
): string {
  const { ledger, random } = scene;
  const holders = among.filter((account) =>
    states.some((state) => ledger.in(account, state).length > 0),
  );
  return random.pick(holders.length > 0 ? holders : among);
}

export function common(scene: Scene, account: string, actor = actorFor(scene, account)) {
  const { random, time, commandId } = scene;
  const precision = random.pick(['minute', 'minute', 'second', 'day'] as const);
  const zone = random.pick(['Asia/Jakarta', 'Asia/Jakarta', 'Asia/Makassar'] as const);
  return { commandId, actor, account, at: stated(time - 1_500_000, precision, zone), note: '' };
}

export function openShipment(scene: Scene) {
  const { ledger, random } = scene;
  const all = [...ledger.shipments.values()];
  const open = all.filter(({ id }) => ledger.open(id).size > 0);
  return all.length === 0 ? null : random.pick(open.length > 0 ? open : all);
}

/** An actor for what a consignee does: at times its parent. */
export function consigneeActor(scene: Scene, account: string): Officer {
  const parent = scene.ledger.facilities.get(account)?.parent;
  const isParent = typeof parent === 'string' && scene.random.chance(0.15);
  return actorFor(scene, isParent ? parent : account);
}

export const NOT_SENT = '11-000001';

/** At times a destruction, which is rarely the latest entry. */
export function entryToReverse(scene: Scene): ReturnType<typeof someEntry> {
  const { random, ledger } = scene;
  const destructions = accounts(scene).flatMap((account) =>
    ledger
      .stream(`custody-${account}`)
      .entries.flatMap(({ type }, revision) =>
        type === 'BlanksDestroyed' ? [{ account, revision }] : [],
      ),
  );
  if (destructions.length === 0 || random.chance(0.8)) return someEntry(scene);
  return random.pick(destructions);
}

export function someEntry(scene: Scene): { readonly account: string; readonly revision: number } {
  const { random, ledger } = scene;
  const known = accounts(scene).filter((one) => ledger.stream(`custody-${one}`).entries.length > 0);
  const account = random.pick(known.length > 0 ? known : accounts(scene));
  const { length } = ledger.stream(`custody-${account}`).entries;
  return { account, revision: Math.max(0, length - random.between(1, 4)) };
}

export function count(scene: Scene) {
  const { random, ledger, cast } = scene;
  const { account, revision } = someEntry(scene);
  const then =
    ledger.stream(`custody-${account}`).entries[revision]?.heldAfter ??
    new Map<string, HeldState>();
  const seen = random.shuffled([...then.keys()]).slice(random.chance(0.5) ? 1 : 0);
  const inPile = (state: HeldState): readonly string[] =>
    seen.filter(
      (serial) => (then.get(serial) === state) !== (serial.endsWith('7') && seen.length % 2 === 0),
    );
  const surplus =
    random.chance(0.2) && !seen.includes(`${cast.code}A/47`) ? [`${cast.code}A/47`] : [];
  const states = random.pick([['usable', 'invalid'], ['usable'], ['invalid']] as const);
  const batches = random.chance(0.3) ? [random.pick([cast.batch, cast.legacy]).slice(2)] : null;
  return {
    ...common(scene, account),
    bookRevision: revision,
    states,
    batches,
    seenUsable: [...inPile('usable'), ...surplus],
    seenInvalid: inPile('invalid'),
  };
}

/** A well-formed NIK of a resident who does not exist. */
export function nik(resident: number): string {
  return `31710155${String((resident % 12) + 1).padStart(2, '0')}90${String(resident).padStart(4, '0')}`;
}
