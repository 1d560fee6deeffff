import { REJECTION_CODES, type RejectionCode } from '../../src/custody/rejection.js';
import { NaiveBooks, type NaiveCommand, type NaiveEvent, type NaiveStream } from './naive-books.js';
import { applied } from './naive-effects.js';
import { refusals } from './naive-refusals.js';
import { signatureOf, textFaults } from './naive-text.js';
import { approvalOf, streamOf, type Step } from './steps.js';

export type NaiveOutcome =
  | { readonly code: RejectionCode }
  | { readonly events: readonly NaiveEvent[]; readonly isReplay: boolean };

/** So many bulky entries are more than one append may have; other steps are far smaller. */
export const TOO_MANY_BULKY = 8;

function firstOf(codes: readonly RejectionCode[]): RejectionCode | null {
  return REJECTION_CODES.find((code) => codes.includes(code)) ?? null;
}

function isTooLarge(step: Step): boolean {
  return step.kind === 'IssueBlanks' && step.isBulky && step.issuances.length >= TOO_MANY_BULKY;
}

function niksOf(step: Step): readonly string[] {
  return step.kind === 'IssueBlanks' ? step.issuances.map(({ nik }) => nik) : [];
}

/**
 * The ledger of one small history: each command lists every refusal that applies, and the first by
 * the table is the answer.
 */
export class NaiveLedger extends NaiveBooks {
  /**
   * What the command does, or the code it is refused with; an accepted one takes effect.
   * `clock`: of the node that decides. `contentHash`: of the command, as far as known to its sender.
   */
  execute(step: Step, clock: number, contentHash: string | null): NaiveOutcome {
    const fault = firstOf(textFaults(step));
    if (fault !== null) return { code: fault };
    const stream = this.stream(streamOf(step));
    const before = stream.commands.get(step.commandId);
    if (before !== undefined) return this.again(step, before);
    const now = Math.max(clock, stream.time);
    const code = firstOf(refusals(this, step, { now, contentHash, stream }));
    if (code !== null) return { code };
    if (isTooLarge(step)) return { code: 'append_too_large' };
    return { events: this.apply(step, clock, stream), isReplay: false };
  }

  private again(step: Step, before: NaiveCommand): NaiveOutcome {
    const isSame =
      before.signature === signatureOf(step) &&
      JSON.stringify(before.actor) === JSON.stringify(step.actor) &&
      before.niks.join() === niksOf(step).join();
    return isSame ? { events: before.events, isReplay: true } : { code: 'idempotency_key_reused' };
  }

  private apply(step: Step, clock: number, stream: NaiveStream): readonly NaiveEvent[] {
    const { events, cause } = applied(this, step, clock, stream);
    for (const event of events) {
      for (const { serial, to } of event.moves) this.places.set(serial, to);
      const unnumbered = event.type === 'BlanksDestroyed' ? Number(event.data['unnumbered']) : 0;
      const heldAfter = step.kind === 'ReportDemand' ? new Map() : this.held(step.account);
      stream.entries.push({
        ...event,
        at: step.at,
        cause,
        heldAfter,
        unnumbered,
        isReversed: false,
      });
    }
    stream.time = Math.max(stream.time, clock);
    const hash = approvalOf(step)?.contentHash;
    if (hash !== undefined) stream.approvals.add(hash);
    const signature = signatureOf(step);
    const command = { signature, actor: step.actor, niks: niksOf(step), events };
    stream.commands.set(step.commandId, command);
    return events;
  }
}
