import { InvalidArgumentError, Option, type Command } from 'commander';
import { FINDING_STATUSES } from '../read-models/findings/findings.query.js';
import { GAP_ORDERS, GAP_STATUSES } from '../read-models/missing/gap-pages.js';
import { MAX_PAGE } from '../read-models/cursor.js';
import { MAX_DEPTH } from '../read-models/trace/batch-tree.query.js';
import type { Settings } from '../settings.js';
import type { FindingsOptions } from './findings.js';
import type { MissingOptions } from './missing.js';
import type { TreeOptions } from './tree.js';

function numberUpTo(max: number): (text: string) => number {
  return (text) => {
    if (/^[0-9]{1,5}$/.test(text) && Number(text) <= max) return Number(text);
    throw new InvalidArgumentError(`a whole number up to ${max} is needed`);
  };
}

const SERIALS = `
Serials and ranges are written 2017-A/004512345 and 2017-A/1..500. One serial alone is told in full; of more,
those with one story are told together. A list has one on each line; empty lines and those that begin with #
are passed over.`;
const LONGEST_AGE_DAYS = 99_999;
const USUAL_PAGE = 50;

/** Questions of an investigator. */
export function addTracing(program: Command, settings: () => Settings): void {
  program
    .command('trace')
    .description('where serials have been, and who answered for them')
    .argument('[serials...]', 'e.g. 2017-A/004512345 2017-A/1..500')
    .option('--file <list>', 'a file that names them')
    .option('--json', 'for machines', false)
    .addHelpText('after', SERIALS)
    .action(async (serials: string[], options: { file?: string; json: boolean }) => {
      const { runTrace } = await import('./trace.js');
      await runTrace(settings(), serials, options);
    });
  program
    .command('tree')
    .description('where the blanks of a batch are, from a facility downwards')
    .argument('<batch>', 'e.g. 2017-A')
    .option('--within <facility>', 'from this one', '00')
    .option('--depth <levels>', 'levels below it', numberUpTo(MAX_DEPTH), 1)
    .option('--json', 'for machines', false)
    .action(async (batch: string, options: TreeOptions) => {
      const { runTree } = await import('./tree.js');
      await runTree(settings(), batch, options);
    });
  program
    .command('missing')
    .description('what is missing, since when, and who had it last')
    .addOption(new Option('--status <status>').choices(GAP_STATUSES).default('open'))
    .option('--within <facility>', 'of it and those below it', '00')
    .option('--batch <batch>', 'of one batch')
    .option('--older-than <days>', 'missing for longer', numberUpTo(LONGEST_AGE_DAYS))
    .addOption(new Option('--sort <order>').choices(GAP_ORDERS).default('age'))
    .option('--after <place>', 'go on where a page ended')
    .option('--limit <count>', 'at most this many', numberUpTo(MAX_PAGE), USUAL_PAGE)
    .option('--json', 'for machines', false)
    .action(async (options: MissingOptions) => {
      const { runMissing } = await import('./missing.js');
      await runMissing(settings(), options);
    });
  program
    .command('findings')
    .description('cards that turned up; one of them against the books as they are now')
    .argument('[finding]', 'e.g. SERANG-2018-09')
    .addOption(new Option('--status <status>').choices(FINDING_STATUSES).default('open'))
    .option('--after <place>', 'go on where a page ended')
    .option('--limit <count>', 'at most this many', numberUpTo(MAX_PAGE), USUAL_PAGE)
    .option('--json', 'for machines', false)
    .action(async (finding: string | undefined, options: FindingsOptions) => {
      const { runFindings } = await import('./findings.js');
      await runFindings(settings(), finding, options);
    });
}
