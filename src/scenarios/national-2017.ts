import { ReportDemandBody, ReportDemandCommand } from '../commands/report-demand.command.js';
import type { FacilityRegister } from '../custody/facilities/facility-register.js';
import type { BatchCode } from '../custody/serials/serial-number.js';
import { allotments, type Regency } from './national-2017-allotment.js';
import { burnInJakarta, findAgain } from './national-2017-endings.js';
import { printWave, type Overlooked } from './national-2017-printing.js';
import { shipWave, type Wave } from './national-2017-shipments.js';
import { PrintingOffice, ResidentsServed } from './printing-office.js';
import type { Scenario } from './scenario.js';
import { SeededRandom } from './seeded-random.js';
import { CARTON, dispatch, procure, produce, receive } from './shipments.js';
import { bodyOf, instantOf, later, officerOf, stated, Story } from './story.js';
import { tell } from './tell.js';

const BATCH = '2017-A' as BatchCode;
const CONTRACT_CARTONS = 14_000;
/** One for every province. */
const FEWEST_CARTONS = 38;
const PRODUCTION_DAYS = [23, 24, 25, 26, 27, 28, 29] as const;
/** The second round of the election in DKI, and the regional elections of the year after. */
const SECOND_ROUND = '2017-04-19';
const REGIONAL_ELECTIONS = '2018-06-27';
const WAVES: readonly Wave[] = [
  { number: 0, begins: '2017-04-01', printings: 4 },
  { number: 1, begins: '2017-07-03', printings: 2 },
  { number: 2, begins: '2017-10-02', printings: 2 },
  { number: 3, begins: '2018-01-08', printings: 2 },
];
const FINDINGS_DAY = '2017-12-04';
const BURNING_DAY = '2018-03-12';
const LAST_DAY = '2018-03-31T10:00';
/** A command that prints has up to a thousand events: so many at once keep disk and vault busy. */
const LANES = 24;

/**
 * The year from March 2017: all 7,000,000 blanks of a contract through 38 provinces and 514
 * regencies to some 2,000 printing offices, and from them to residents until nothing is left.
 *
 * | at scale 1                                                            |             |
 * |-----------------------------------------------------------------------|------------:|
 * | residents waiting on 30 March 2017, to be served before 19 April      |   4,500,000 |
 * | residents who come on top within the year, by reason                  |   3,000,000 |
 * | blanks produced by 29 March, seven instalments of 1,000,000           |   7,000,000 |
 * | issued, the backlog first: what was not spoilt or missing             | ~ 6,890,000 |
 * | still waiting a year later: 7,500,000 less issued                     |   ~ 610,000 |
 *
 * The stock leaves the central store in four waves (55, 15, 15 and 15 of a hundred). In the first,
 * one regency in 19 sends its shipment back for a broken seal, and gets it again; one in 25 receives
 * it with a carton opened, and what was taken stays missing. Of what is printed 1 to 2 of a hundred
 * are spoilt. Every office counts in each wave; in the first three, one count in 40 is short: half
 * of that is found the next day, half in December, as a finding; so are cards that lay in the open.
 * Some cards come back damaged and are replaced. In March 2018 DKI burns what it holds of them.
 *
 * A smaller scale has fewer cartons and, below about 0.15, fewer regencies, at least one of each
 * province; residents are fewer in proportion. The plan holds shipments and printings, some 100,000
 * at scale 1; the cards of a printing and their holders are made up when its command is given.
 */
export function planNational2017(facilities: FacilityRegister, scale: number, seed: number): Story {
  const story = new Story('national-2017');
  const cartons = Math.max(FEWEST_CARTONS, Math.round(CONTRACT_CARTONS * scale));
  const regencies = allotments(facilities, cartons);
  const offices = regencies.flatMap((regency) => printingOffices(story, regency, seed));
  deliver(story, cartons);
  reportAll(story, '2017-03-30T11:00', regencies, 'backlog', SECOND_ROUND);
  reportAll(story, '2017-03-31T11:00', regencies, 'new', REGIONAL_ELECTIONS);
  const overlooked: Overlooked[] = [];
  for (const wave of WAVES) {
    if (wave.begins > FINDINGS_DAY) findAgain(story, FINDINGS_DAY, overlooked, offices);
    shipWave(story, regencies, wave, seed);
    overlooked.push(...printWave(story, offices, wave));
  }
  burnInJakarta(story, BURNING_DAY, offices);
  reportAll(story, LAST_DAY, regencies, 'all', REGIONAL_ELECTIONS);
  return story;
}

function printingOffices(story: Story, regency: Regency, seed: number): readonly PrintingOffice[] {
  const served = new ResidentsServed();
  return regency.offices.map(
    (id) => new PrintingOffice(story, id, regency, served, SeededRandom.of(seed, `printing/${id}`)),
  );
}

/** Seven instalments, and all of them at the central store on the 31st. */
function deliver(story: Story, cartons: number): void {
  const quantity = cartons * CARTON;
  const contract = 'CONTOH/KTR/2017-A';
  const vendor = 'Penyedia Blangko Nasional (contoh)';
  procure(story, '2017-03-22T10:00', { batch: BATCH, contract, vendor, quantity });
  const upTo = (instalment: number): number =>
    Math.floor((cartons * instalment) / PRODUCTION_DAYS.length) * CARTON;
  const sent = PRODUCTION_DAYS.map((day, at) => {
    const noon = `2017-03-${day}T12:00`;
    const [first, last] = [upTo(at) + 1, upTo(at + 1)];
    produce(story, noon, { batch: BATCH, first, last });
    return dispatch(story, later(noon, 120), {
      from: `B.${BATCH}`,
      to: '00',
      quantity: last - first + 1,
      expectedBy: later(noon, 3 * 1_440),
    });
  });
  for (const shipment of sent) receive(story, '2017-03-30T09:00', shipment);
}

/** Every regency reports who waits; the reports of one time do not depend on each other. */
function reportAll(
  story: Story,
  at: string,
  regencies: readonly Regency[],
  which: Parameters<Regency['waiting']['report']>[0],
  deadline: string,
): void {
  for (const { id, waiting } of regencies) {
    const byReason = waiting.report(which);
    const body = { occurredAt: stated(at), asOf: at.slice(0, 10), deadline, byReason };
    story.tell(at, {
      account: `demand-${id}`,
      what: 'demand',
      actor: officerOf(id),
      command: (envelope) => new ReportDemandCommand(envelope, id, bodyOf(ReportDemandBody, body)),
    });
  }
}

export const national2017: Scenario = {
  name: 'national-2017',
  description: 'all 7,000,000 blanks of 2017 through the nation to residents, and who still waits',
  begins: instantOf('2017-03-22T08:00'),
  run: (ledger, { scale, seed, onProgress }) =>
    tell(planNational2017(ledger.facilities, scale, seed), ledger, onProgress, LANES),
};
