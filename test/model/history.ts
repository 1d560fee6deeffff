import type { RejectionCode } from '../../src/custody/rejection.js';
import type { CommandOutcome } from '../../src/commands/command-executor.js';
import { compareBooks } from './books.js';
import { differenceBetween } from './event-comparison.js';
import type { NaiveFacility } from './naive-books.js';
import { NaiveLedger, type NaiveOutcome } from './naive-ledger.js';
import { signatureOf, textFaults } from './naive-text.js';
import type { Answer, Fault, Node, Sending } from './nodes.js';
import { approvalBy, faulty, retried } from './random-faults.js';
import { Random } from './random.js';
import { sensibleStep } from './random-steps.js';
import { type Cast, type Scene } from './scene.js';
import type { Step } from './steps.js';
import type { World } from './world.js';

export const COMMANDS = 50;
const START = Date.parse('2017-03-01T08:00:00+07:00');
const BETWEEN_COMMANDS_MS = 600_000;
const MINUTE_MS = 60_000;
const YEAR_MS = 365 * 86_400_000;

/** What happened to the commands of all histories. */
export interface Tally {
  readonly accepted: Map<string, number>;
  readonly refused: Map<string, number>;
  readonly rejections: Map<RejectionCode, number>;
  replayed: number;
  lostAcknowledgements: number;
}

export function emptyTally(): Tally {
  return {
    accepted: new Map(),
    refused: new Map(),
    rejections: new Map(),
    replayed: 0,
    lostAcknowledgements: 0,
  };
}

function add<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function castOf(index: number): Cast {
  const digits = (value: number): string => String(value).padStart(2, '0');
  const district = `${digits(11 + (index % 80))}.${digits(1 + (Math.floor(index / 80) % 90))}.${digits(1 + Math.floor(index / 7_200))}`;
  const code = `H${String(index)}`;
  return {
    code,
    district,
    villages: [`${district}.1001`, `${district}.1002`],
    closing: `${district}.1003`,
    merging: `${district}.1004`,
    batch: `B.${code}A`,
    legacy: `B.${code}L`,
    evidence: `E.${code}`,
  };
}

/** One random history through the real write path and the naive model side by side. */
export class History {
  private readonly random: Random;
  private readonly cast: Cast;
  private readonly facilities = new Map<string, NaiveFacility>();
  private readonly ledger: NaiveLedger;
  private readonly sent: Step[] = [];
  private readonly pending: Step[] = [];
  private readonly contentHashes = new Map<string, string>();
  private readonly eventIds = new Map<string, string>();
  private readonly lines: string[] = [];
  private readonly skews: readonly number[];
  private readonly closesAt: number;

  constructor(
    private readonly world: World,
    private readonly nodes: readonly Node[],
    private readonly index: number,
    seed: number,
    private readonly tally: Tally,
  ) {
    this.random = new Random(seed + index * 7_919);
    this.cast = castOf(index);
    this.ledger = new NaiveLedger(this.facilities);
    const { district, villages, closing, merging } = this.cast;
    this.found(district, district.slice(0, 5), null);
    for (const village of villages) this.found(village, district, null);
    this.found(closing, district, villages[0]);
    this.found(merging, district, district);
    // No two nodes ever read the same millisecond: they would write the very same bytes.
    const [slow, slight] = [this.random.between(-20, 20), this.random.between(-20, 20)];
    this.skews = [0, slow * MINUTE_MS + 137, slight * 1_000 + 291];
    this.closesAt = this.random.between(18, 40);
  }

  private found(id: string, parent: string, successor: string | null): void {
    const facility = { parent, successor, isOpen: true };
    this.facilities.set(id, facility);
    this.world.facilities.set(id, { ...facility, facilityId: id });
  }

  private close(id: string): void {
    const facility = this.facilities.get(id);
    if (facility === undefined) throw new Error(`no office ${id}`);
    facility.isOpen = false;
    this.world.facilities.set(id, { ...facility, facilityId: id });
  }

  async run(): Promise<void> {
    try {
      for (let index = 0; index < COMMANDS; index++) {
        if (index === this.closesAt) this.close(this.cast.closing);
        if (index === this.closesAt + 5) this.close(this.cast.merging);
        await this.carryOut(this.nextStep(index), START + index * BETWEEN_COMMANDS_MS);
      }
      // The last is a batch nobody means, which a faulty command may procure all the same.
      const { code, district, villages, closing, merging, batch, legacy, evidence } = this.cast;
      const offices = [district, ...villages, closing, merging];
      const accounts = [...offices, batch, legacy, evidence, `B.${code}Z`];
      await compareBooks(this.world.store, this.ledger, accounts);
    } catch (error) {
      const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
      throw new Error(`history ${String(this.index)}: ${what}\n${this.lines.join('\n')}`);
    }
  }

  private nextStep(index: number): Step {
    const { random, ledger, cast } = this;
    const scene: Scene = {
      random,
      ledger,
      cast,
      time: START + index * BETWEEN_COMMANDS_MS,
      commandId: `${cast.code}-${String(index)}`,
    };
    const approved = random.chance(0.8) ? this.pending.pop() : undefined;
    if (approved !== undefined) return random.chance(0.1) ? faulty(approved, scene) : approved;
    if (this.sent.length > 0 && random.chance(0.08)) return retried(random.pick(this.sent), scene);
    const step = sensibleStep(scene, index);
    return random.chance(0.4) && index > 8 ? faulty(step, scene) : step;
  }

  private sending(time: number, withFaults: boolean): { node: Node; sending: Sending } {
    const { random } = this;
    const number = random.between(0, this.nodes.length - 1);
    const node = this.nodes[number];
    if (node === undefined) throw new Error('a history needs nodes');
    const isBack = number === 2 && random.chance(0.15);
    const now = time + (this.skews[number] ?? 0) - (isBack ? YEAR_MS : 0);
    const faults: Fault[] = [];
    if (withFaults && random.chance(0.03)) {
      // Once in a while the network stays away longer than a node tries.
      const count = random.chance(0.1) ? 5 : random.between(1, 2);
      for (let fault = 0; fault < count; fault++) {
        faults.push(random.pick(['before', 'after'] as const));
      }
    }
    return { node, sending: { now, faults } };
  }

  private async carryOut(step: Step, time: number): Promise<void> {
    const { node, sending } = this.sending(time, true);
    const clock = new Date(sending.now).toISOString();
    this.lines.push(`${JSON.stringify(step).slice(0, 900)} @${clock} ${sending.faults.join()}`);
    const answer = await node.send(step, sending);
    if (sending.faults.includes('after')) this.tally.lostAcknowledgements += 1;
    if (answer.kind !== 'busy') {
      this.check(step, answer, this.ledger.execute(step, sending.now, this.hashOf(step)));
      return;
    }
    this.lines.push(`  busy, landed: ${String(answer.hasLanded)}`);
    const first = answer.hasLanded
      ? this.ledger.execute(step, sending.now, this.hashOf(step))
      : null;
    // A node that knows no better decides anew, at a later time.
    const again = this.sending(time + 1_777, false);
    const settled = await again.node.send(step, again.sending);
    if (settled.kind === 'busy') throw new Error('busy without a fault');
    const expected = this.ledger.execute(step, again.sending.now, this.hashOf(step));
    if (first !== null && 'code' in first) throw new Error(`landed, but ${first.code} expected`);
    this.check(step, settled, expected);
  }

  private hashOf(step: Step): string | null {
    if (!('approval' in step) || textFaults(step).length > 0) return null;
    return this.contentHashes.get(signatureOf({ ...step, approval: null })) ?? null;
  }

  private check(
    step: Step,
    answer: Exclude<Answer, { kind: 'busy' }>,
    expected: NaiveOutcome,
  ): void {
    const got = answer.kind === 'refused' ? answer.rejection.code : 'accepted';
    this.lines.push(`  ${got}`);
    const wanted = 'code' in expected ? expected.code : 'accepted';
    if (got !== wanted) throw new Error(`${step.kind}: ${got}, the model says ${wanted}`);
    if (answer.kind === 'refused') {
      add(this.tally.refused, step.kind);
      add(this.tally.rejections, answer.rejection.code);
      this.learn(step, answer.rejection.details?.['contentHash']);
      return;
    }
    add(this.tally.accepted, step.kind);
    if ('events' in expected) this.checkEvents(step, answer.outcome, expected);
  }

  private checkEvents(
    step: Step,
    outcome: CommandOutcome,
    expected: Extract<NaiveOutcome, { isReplay: boolean }>,
  ): void {
    const difference = differenceBetween(expected.events, outcome.events);
    if (difference !== null) throw new Error(`${step.kind}: ${difference}`);
    const key = `${outcome.stream} ${step.commandId}`;
    const ids = outcome.events.map(({ id, revision }) => `${id}@${String(revision)}`).join();
    if (outcome.isReplay !== expected.isReplay)
      throw new Error(`replay: ${String(outcome.isReplay)}`);
    if (outcome.isReplay) {
      this.tally.replayed += 1;
      const before = this.eventIds.get(key);
      // Unknown only when the first answer was lost.
      if (before !== undefined && before !== ids) throw new Error(`${ids} is not ${before}`);
    }
    this.eventIds.set(key, ids);
    this.sent.push(step);
  }

  /** Whoever is told what to approve, at times has it approved and sends it again. */
  private learn(step: Step, contentHash: string | number | undefined): void {
    if (typeof contentHash !== 'string' || !('approval' in step)) return;
    this.contentHashes.set(signatureOf({ ...step, approval: null }), contentHash);
    if (!this.random.chance(0.9)) return;
    const role = this.random.chance(0.7) ? 'ministry' : 'custodian';
    this.pending.push({ ...step, approval: approvalBy('approver', role, contentHash) });
  }
}
