import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { withWriter } from '../../src/cli/open-ledger.js';
import { ReportDemandBody, ReportDemandCommand } from '../../src/commands/report-demand.command.js';
import type { IssuanceReason } from '../../src/custody/account/events.js';
import { FacilityRegister } from '../../src/custody/facilities/facility-register.js';
import type { BatchCode } from '../../src/custody/serials/serial-number.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import {
  ProposedAllocation,
  type AllocationAnswer,
} from '../../src/read-models/demand/allocation.query.js';
import { Scope } from '../../src/read-models/scope.js';
import { JAKARTA, provinceShares } from '../../src/scenarios/offices.js';
import type { ScenarioLedger } from '../../src/scenarios/scenario.js';
import { dispatch, procure, produce, receive } from '../../src/scenarios/shipments.js';
import { SimulatedClock } from '../../src/scenarios/simulated-clock.js';
import { bodyOf, instantOf, later, officerOf, stated, Story } from '../../src/scenarios/story.js';
import { tell } from '../../src/scenarios/tell.js';
import { readSettings } from '../../src/settings.js';
import { EVENT_STORE } from '../../src/tokens.js';

const BATCH = '2017-A' as BatchCode;
const CONTRACT = 7_000_000;
const CENTRE = '00';
export const BACKLOG = 4_500_000;
export const OF_JAKARTA = 200_000;
/** Who come on top in a year: married, come of age, damaged, moved. */
export const A_YEAR = 3_000_000;
export const SECOND_ROUND = '2017-04-19';
const REPORTED = '2017-03-30T11:00';
const REPORTED_AGAIN = '2017-04-20T11:00';

export interface AprilStage {
  /** When the proposal is asked for, local time in Jakarta; the blanks leave an hour later. */
  readonly at: string;
  /** What there is to give; null: all that the central store holds. */
  readonly blanks: number | null;
}

/** About 200,000 by the end of March, and the rest of the contract in stages in April. */
export const APRIL_STAGES: readonly AprilStage[] = [
  { at: '2017-03-30T13:00', blanks: OF_JAKARTA },
  { at: '2017-04-03T08:00', blanks: 2_000_000 },
  { at: '2017-04-12T08:00', blanks: 2_000_000 },
  { at: '2017-04-24T08:00', blanks: null },
];

interface ReportedDemand {
  readonly province: string;
  readonly deadline: string | null;
  readonly byReason: Readonly<Partial<Record<IssuanceReason, number>>>;
}

/** The backlog: DKI's share, due before the election, and the others' by their number of districts. */
function backlog(facilities: FacilityRegister): readonly ReportedDemand[] {
  const rest = provinceShares(facilities, BACKLOG).filter(({ province }) => province !== JAKARTA);
  const all = rest.reduce((sum, { cartons }) => sum + cartons, 0);
  const before = (at: number): number =>
    rest.slice(0, at).reduce((sum, { cartons }) => sum + cartons, 0);
  const upTo = (at: number): number => Math.round(((BACKLOG - OF_JAKARTA) * before(at)) / all);
  return [
    { province: JAKARTA, deadline: SECOND_ROUND, byReason: { backlog: OF_JAKARTA } },
    ...rest.map(({ province }, at) => {
      return { province, deadline: null, byReason: { backlog: upTo(at + 1) - upTo(at) } };
    }),
  ];
}

/** As many of the year's as come in three weeks, by the share of the backlog. */
function newcomers(first: readonly ReportedDemand[]): readonly ReportedDemand[] {
  return first.map(({ province, byReason: { backlog: waiting = 0 } }) => {
    const came = Math.round((A_YEAR * 21 * waiting) / (365 * BACKLOG));
    return { province, deadline: null, byReason: { first_card: came } };
  });
}

/** Nobody of that kind waited when the backlog was counted. */
function none(first: readonly ReportedDemand[]): readonly ReportedDemand[] {
  return first.map(({ province }) => ({ province, deadline: null, byReason: { first_card: 0 } }));
}

function report(story: Story, at: string, demands: readonly ReportedDemand[]): void {
  for (const { province, ...said } of demands) {
    const body = { occurredAt: stated(at), asOf: at.slice(0, 10), ...said };
    story.tell(at, {
      account: `demand-${province}`,
      what: `demand-${Object.keys(said.byReason).join()}`,
      actor: officerOf(province),
      command: (envelope) =>
        new ReportDemandCommand(envelope, province, bodyOf(ReportDemandBody, body)),
    });
  }
}

/** The contract's blanks at the central store, and who waits. */
function beginning(demands: readonly ReportedDemand[]): Story {
  const story = new Story('april-2017');
  const contract = 'CONTOH/KTR/2017-A';
  const vendor = 'Penyedia Blangko Nasional (contoh)';
  procure(story, '2017-03-22T10:00', { batch: BATCH, contract, vendor, quantity: CONTRACT });
  produce(story, '2017-03-28T12:00', { batch: BATCH, first: 1, last: CONTRACT });
  const sent = dispatch(story, '2017-03-28T14:00', {
    ...{ from: `B.${BATCH}`, to: CENTRE, quantity: CONTRACT },
    expectedBy: '2017-03-31T12:00',
  });
  receive(story, '2017-03-29T09:00', sent);
  report(story, REPORTED, demands);
  report(story, later(REPORTED, 5), none(demands));
  return story;
}

/** What was proposed leaves the central store, and is there two days later: an officer's decision. */
function carriedOut(before: Story, { at }: AprilStage, { areas }: AllocationAnswer): Story {
  const story = new Story(`april-2017-${at}`);
  const [books, known] = [story.booksOf(CENTRE), before.booksOf(CENTRE)];
  books.usable.add(known.usable.ranges);
  books.shipmentsSent = known.shipmentsSent;
  const sent = areas
    .filter(({ blanks }) => blanks > 0)
    .map(({ facilityId, blanks }) =>
      dispatch(story, later(at, 60), {
        ...{ from: CENTRE, to: facilityId, quantity: blanks },
        expectedBy: later(at, 3 * 1_440),
      }),
    );
  for (const shipment of sent) receive(story, later(at, 2 * 1_440), shipment);
  return story;
}

/**
 * Tells April 2017 in a ledger of its own, by the real commands, and gives what was proposed at each stage.
 * Nothing is issued meanwhile, so that the figures can be followed with a pencil.
 */
export async function aprilProposals(): Promise<readonly AllocationAnswer[]> {
  const folder = await mkdtemp(join(tmpdir(), 'blangko-april-'));
  const clock = new SimulatedClock(instantOf('2017-03-22T08:00'));
  try {
    return await withWriter(readSettings({ DATA_DIR: folder }), clock, async (context) => {
      const bus = context.get(CommandBus);
      const facilities = context.get(FacilityRegister);
      const ledger: ScenarioLedger = {
        execute: (command) => bus.execute(command),
        facilities,
        clock,
      };
      const propose = async ({ at, blanks }: AprilStage): Promise<AllocationAnswer> => {
        const head = await context.get<EventStore>(EVENT_STORE).head();
        const asked = { consignor: CENTRE, blanks, carton: 500, deadline: null, coverDays: 30 };
        const today = at.slice(0, 10);
        const question = new ProposedAllocation(Scope.nation, { ...asked, today }, String(head));
        const answer = await context.get(QueryBus).execute(question);
        if (answer === null) throw new Error('the central store is known');
        return answer;
      };
      const first = backlog(facilities);
      let story = beginning(first);
      await tell(story, ledger);
      const answers: AllocationAnswer[] = [];
      for (const stage of APRIL_STAGES) {
        if (stage.at > REPORTED_AGAIN) {
          const again = new Story('april-2017-again');
          report(again, REPORTED_AGAIN, newcomers(first));
          await tell(again, ledger);
        }
        const answer = await propose(stage);
        answers.push(answer);
        story = carriedOut(story, stage, answer);
        await tell(story, ledger);
      }
      return answers;
    });
  } finally {
    await rm(folder, { recursive: true });
  }
}
