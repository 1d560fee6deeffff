import 'reflect-metadata';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { readSettings, type Settings } from '../settings.js';
import { fail } from './failure.js';
import { addHistory } from './history-commands.js';
import { addExporting, addFollowing, addWebhooks } from './live-commands.js';
import { wholeNumber } from './option-values.js';
import { addSupply } from './supply-commands.js';
import { addTracing } from './tracing-commands.js';

type Environment = Readonly<Record<string, string | undefined>>;

const LIST_FORMAT = `
The list is CSV in UTF-8, with commas or semicolons. Its first line is the header; each other line is one package:
  consignor,consignee   accounts: 00, 31.71.01.1001, B.2017-A
  basis                 allocation, return, for_destruction, grant, opening or evidence
  label,kind,seal       of the package: D-1,dus,S-1
  usable,invalid        serial ranges, parted by spaces: 2017-A/1..500 2017-A/701
  carrier,vehicle       vehicle may be empty
  expected_by           an instant with its offset: 2017-03-31T17:00:00+07:00
  paper_number          of the surat jalan; may be empty
  occurred_at           2017-03-31, 2017-03-31T09:15 or 2017-03-31T09:15:30 in Jakarta;
                        elsewhere with a zone behind it: 2017-03-31T09:15 Asia/Makassar
Lines with the same consignor, consignee and paper number are one shipment. All lines are checked
before any is written. The same file may be imported again: what is recorded stays as it is.`;

const STORE_FORMAT = `
A store is written as EVENT_STORE is: sqlite:ledger.db, esdb://…, esdb+discover://…, kurrentdb://…;
or env:NAME, where the variable NAME holds it: other users of the machine see what is typed.`;

/** Exit code of a command line that cannot be understood. */
const USAGE = 2;

function scaleOf(text: string): number {
  const value = Number(text);
  if (/^[0-9.]{1,12}$/.test(text) && value > 0 && value <= 1) return value;
  throw new InvalidArgumentError('a number above 0 and up to 1 is needed');
}

function revisionOf(text: string): string {
  if (/^(0|[1-9][0-9]{0,14})$/.test(text)) return text;
  throw new InvalidArgumentError('a revision is needed, a whole number');
}

function officerOf(text: string): { id: string; role: string; facilityId: string } {
  const [id = '', role = '', facilityId = '', ...rest] = text.split(';');
  const isWhole = id !== '' && role !== '' && facilityId !== '' && rest.length === 0;
  if (isWhole) return { id, role, facilityId };
  throw new InvalidArgumentError("an officer is written 'id;role;facility'");
}

/** Settings of the environment, with `--data-dir` before `DATA_DIR`. */
function environmentOf(program: Command): Environment {
  const { dataDir } = program.opts<{ dataDir?: string }>();
  return dataDir === undefined ? process.env : { ...process.env, DATA_DIR: dataDir };
}

function buildProgram(): Command {
  const program = new Command('blangko')
    .description("The custody ledger of Indonesia's e-KTP blanks")
    .option('--data-dir <folder>', 'folder of all files; before DATA_DIR')
    .exitOverride()
    .showHelpAfterError("('blangko --help' tells what can be typed)");
  const settings = (): Settings => readSettings(environmentOf(program));
  addServing(program, settings);
  addWriting(program, settings);
  addHistory(program, settings);
  addReading(program, settings);
  addTracing(program, settings);
  addExporting(program, settings);
  addFollowing(program, settings);
  addWebhooks(program, settings);
  addSupply(program, settings);
  addKeeping(program, settings);
  addCopying(program, settings);
  return program;
}

// Each command loads what it needs when it is run: `blangko --help` need not wait for the server.

function addServing(program: Command, settings: () => Settings): void {
  program
    .command('serve')
    .description('serve the ledger over HTTP')
    .action(async () => {
      const { runServer } = await import('./serve.js');
      await runServer(settings());
    });
  program
    .command('demo')
    .description('serve the story of March 2017, from its own folder demo in the data folder')
    .action(async () => {
      const { runDemo } = await import('./demo.js');
      await runDemo(environmentOf(program));
    });
}

function addWriting(program: Command, settings: () => Settings): void {
  program
    .command('scenario')
    .description('record a story in an empty ledger: jakarta-2017, jakarta-2020, national-2017')
    .argument('<name>')
    .option('--scale <share>', 'share of offices and cartons, 0 < share <= 1', scaleOf, 1)
    .option('--seed <number>', 'whatever is left to chance', wholeNumber(0, 4_294_967_295), 1)
    .action(async (name: string, options: { scale: number; seed: number }) => {
      const { runScenario } = await import('./scenario.js');
      await runScenario(settings(), name, options);
    });
  program
    .command('import')
    .description('make shipments of a distribution list (CSV): all of them or none')
    .argument('<file>')
    .option('--actor <officer>', 'who enters it, as id;role;facility', officerOf, {
      id: 'blangko-import',
      role: 'ministry',
      facilityId: '00',
    })
    .addHelpText('after', LIST_FORMAT)
    .action(async (file: string, options: { actor: ReturnType<typeof officerOf> }) => {
      const { runImport } = await import('./import/run-import.js');
      await runImport(settings(), file, options.actor);
    });
}

function addReading(program: Command, settings: () => Settings): void {
  program
    .command('events')
    .description('the entries of an account, in order')
    .argument('<account>', 'e.g. 00, 31.71.01.1001, B.2017-A')
    .option('--after <revision>', 'only entries after this one', revisionOf)
    .option('--limit <count>', 'at most this many', wholeNumber(1, 1_000), 50)
    .option('--json', 'for machines', false)
    .action(async (account: string, options: { after?: string; limit: number; json: boolean }) => {
      const { runEvents } = await import('./events.js');
      await runEvents(settings(), account, options);
    });
  program
    .command('audit')
    .description('recompute every invariant and every read model from the whole log')
    .option('--json', 'for machines', false)
    .action(async ({ json }: { json: boolean }) => {
      const { runAudit } = await import('./audit.js');
      await runAudit(settings(), json);
    });
}

function addKeeping(program: Command, settings: () => Settings): void {
  program
    .command('rebuild')
    .description('make the read models anew from the log')
    .action(async () => {
      const { runRebuild } = await import('./rebuild.js');
      await runRebuild(settings());
    });
  program
    .command('backup')
    .description('copy ledger, vault file and manifest into a new folder; never keys')
    .argument('<folder>')
    .action(async (folder: string) => {
      const { runBackup } = await import('./backup/run-backup.js');
      await runBackup(settings(), folder);
    });
  program
    .command('restore')
    .description('put a verified backup where there is no ledger yet')
    .argument('<folder>')
    .action(async (folder: string) => {
      const { runRestore } = await import('./backup/run-backup.js');
      await runRestore(settings(), folder);
    });
}

function addCopying(program: Command, settings: () => Settings): void {
  program
    .command('copy')
    .description('copy the events to another event store, or go on with a copy; then compare both')
    .option('--from <store>', 'where they are; default: EVENT_STORE')
    .requiredOption('--to <store>', 'where they are to be')
    .addHelpText('after', STORE_FORMAT)
    .action(async (options: { from?: string; to: string }) => {
      const { runCopy } = await import('./copy/run-copy.js');
      const { from, to } = options;
      await runCopy(settings(), { from, to });
    });
}

/** Runs one command line; sets the exit code: 0, 1 for what went wrong, 2 for what was mistyped. */
export async function main(words: readonly string[]): Promise<void> {
  process.stdout.on('error', endQuietly);
  try {
    await buildProgram().parseAsync(words, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) fail(error);
    else if (error.exitCode !== 0) process.exitCode = USAGE;
  }
}

/** Whoever reads the output has seen enough, as `head` does. */
function endQuietly(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
}
