import type { Command } from 'commander';
import { LEVELS, type FacilityId } from '../custody/facilities/facility-code.js';
import type { ExportFormatName } from '../exports/export-format.js';
import type { ExportName, ExportSelection } from '../read-models/exports/exports.js';
import type { Settings } from '../settings.js';
import { accountOf, dayOf, facilityOf, oneOf, positionOf } from './words.js';

const FORMATS = ['csv', 'jsonl', 'xlsx', 'parquet'] as const satisfies readonly ExportFormatName[];
const WHAT = ['events', 'movements', 'stock', 'trace'] as const satisfies readonly ExportName[];

interface ExportWords extends Omit<ExportSelection, 'types' | 'serials'> {
  readonly format: ExportFormatName;
  readonly out?: string;
  readonly bom: boolean;
  readonly types?: string;
  readonly serials?: string;
}

/** Commands by which the books leave the program: as files, and as they are written. */
export function addExporting(program: Command, settings: () => Settings): void {
  program
    .command('export')
    .description('write events, movements, stock or traces of serials into a file')
    .argument('<what>', WHAT.join(', '), oneOf(...WHAT))
    .requiredOption('--format <format>', FORMATS.join(', '), oneOf(...FORMATS))
    .option('--out <file>', 'default: a name of its own in this folder')
    .option('--bom', 'CSV begins with a byte order mark, for Excel', false)
    .option('--within <facility>', 'what concerns a facility and all below it', facilityOf)
    .option('--account <account>', 'the entries of an account alone', accountOf)
    .option('--after <position>', 'only later events', positionOf)
    .option('--to <position>', 'no later events', positionOf)
    .option('--recorded-from <day>', 'recorded on this day or later, by UTC', dayOf)
    .option('--recorded-to <day>', 'recorded on this day or earlier, by UTC', dayOf)
    .option('--types <types>', 'types of events, with commas between')
    .option('--level <level>', 'of the facilities whose stock it is', oneOf(...LEVELS))
    .option('--serials <serials>', 'to be traced, with commas between: 2017-A/1..500')
    .action(async (what: ExportName, words: ExportWords) => {
      const { runExport } = await import('./export.js');
      const { format, out, bom, types, serials, ...selection } = words;
      await runExport(settings(), what, {
        format,
        out,
        types,
        serials,
        hasByteOrderMark: bom,
        selection,
      });
    });
}

interface FeedWords {
  readonly after?: string;
  readonly within?: FacilityId;
  readonly types?: string;
  readonly json: boolean;
}

export function addFollowing(program: Command, settings: () => Settings): void {
  program
    .command('feed')
    .description('print each event once it is durable, until it is stopped')
    .option('--after <position>', 'go on behind this event; default: what comes next', positionOf)
    .option('--within <facility>', 'what concerns a facility and all below it', facilityOf)
    .option('--types <types>', 'types of events, with commas between')
    .option('--json', 'for machines: a JSON object a line', false)
    .action(async (words: FeedWords) => {
      const { runFeed } = await import('./feed.js');
      await runFeed(settings(), words);
    });
}

export function addWebhooks(program: Command, settings: () => Settings): void {
  program
    .command('webhooks')
    .description('where events are sent to, and how far; of one, what was given up')
    .argument('[id]', 'of a webhook')
    .option('--json', 'for machines', false)
    .action(async (id: string | undefined, { json }: { json: boolean }) => {
      const { runWebhooks } = await import('./webhooks.js');
      runWebhooks(settings(), id, json);
    });
}
