import type { AllocationAnswer } from '../../src/read-models/demand/allocation.query.js';
import { APRIL_STAGES } from './april-2017.js';
import { page, table } from './reference.js';

const GENERATED = '<!-- Generated: UPDATE_REFERENCE=1 npm test -- test/allocation-reference -->';

const FIGURES = new Intl.NumberFormat('en-US');
/** Provinces whose reasons are shown. */
const SHOWN = ['31', '35', '93'];

const MEASURE = [
  'How many blanks to each office below one that holds some, so that the worst-off waits least. It is a',
  'proposal, with its reasons; whoever answers for the blanks decides and dispatches. Where the rule is:',
  '`src/custody/demand/allocation.ts`, with the proof that no other way of giving whole cartons leaves the',
  'worst-off better off.',
].join('\n');

const RULES = [
  '- **First those with a deadline**, the nearest first; then all who wait; then those who come within the',
  '  days of cover asked for. A stage begins when nobody of the one before is without a blank.',
  '- **How badly off** an office is: the share of its residents for whom there is no blank, in hand or on the',
  '  way. Not days of cover: those divide by the rate of issue, which is nought where blanks were lacking.',
  '- **The next carton** goes where the largest share is without; among equals where it helps most; then by',
  '  code. No office gets a carton that would find nobody to serve.',
  '- **Who waits** is what the office last reported of each reason, less what was issued for it since, with',
  '  nobody counted in two reports.',
].join('\n');

const ASKED = [
  '```sh',
  'blangko allocate 00 --blanks 200000 --carton 500 --cover-days 30 --today 2017-03-30',
  "curl -s 'localhost:3000/api/allocations/proposal?consignor=00&blanks=200000&carton=500'",
  '```',
].join('\n');

const STORY = [
  'The contract of March 2017 was for 7,000,000 blanks. About 200,000 were to be in DKI Jakarta by the end of',
  'the month, before the second round of its election on 19 April; the rest of the country followed in stages.',
  '4,500,000 people waited, and 3,000,000 a year come on top.',
  '',
  'Here DKI reports 200,000 of the backlog, due by the election; the other provinces report the rest, by their',
  'number of districts, without a deadline. On 20 April all report who came since. Each proposal is carried',
  'out as it is, by the real commands; nothing is issued meanwhile, so that the figures can be followed with a',
  'pencil.',
].join('\n');

/** Text of `docs/reference/allocation.md`. */
export function allocationReference(answers: readonly AllocationAnswer[]): string {
  return page(
    '# Allocation',
    GENERATED,
    MEASURE,
    RULES,
    ASKED,
    '## April 2017 in stages',
    STORY,
    stagesTable(answers),
    'Cartons of 500 to each province; those without a blank are of all who wait, before and after the last stage:',
    provincesTable(answers),
    ...answers.flatMap((answer, at) => [heading(at), reasons(answer)]),
  );
}

function heading(at: number): string {
  return `### Why, on ${APRIL_STAGES[at]?.at.slice(0, 10) ?? ''}`;
}

function stagesTable(answers: readonly AllocationAnswer[]): string {
  const rows = answers.flatMap((answer) =>
    answer.stages
      .filter(({ cartons, uncoveredBefore }) => cartons > 0 || uncoveredBefore > 0)
      .map(({ kind, deadline, residents, uncoveredBefore, uncoveredAfter, cartons }, nth) => [
        nth === 0 ? answer.today : '',
        nth === 0 ? FIGURES.format(answer.asked) : '',
        deadline === null ? kind : `by ${deadline}`,
        ...[residents, uncoveredBefore, uncoveredAfter, cartons].map((it) => FIGURES.format(it)),
        nth === 0 ? FIGURES.format(answer.left) : '',
      ]),
  );
  const head = ['day', 'to give', 'stage', 'residents', 'without', 'after', 'cartons', 'stay'];
  return table(head, rows);
}

function provincesTable(answers: readonly AllocationAnswer[]): string {
  const last = answers.at(-1)?.areas ?? [];
  const rows = last.map(({ code, name, waiting, stages }, at) => {
    const all = stages.find(({ kind }) => kind === 'waiting');
    return [
      `${code} ${name}`,
      FIGURES.format(waiting),
      ...answers.map(({ areas }) => FIGURES.format(areas[at]?.cartons ?? 0)),
      FIGURES.format(all?.uncoveredBefore ?? 0),
      FIGURES.format(all?.uncoveredAfter ?? 0),
    ];
  });
  const days = answers.map(({ today }) => today);
  return table(['province', 'waiting', ...days, 'without', 'after'], rows);
}

function reasons({ areas }: AllocationAnswer): string {
  return areas
    .filter(({ code }) => SHOWN.includes(code))
    .map(({ code, name, reason }) => `- ${code} ${name} (\`${reason.code}\`): ${reason.sentence}`)
    .join('\n');
}
