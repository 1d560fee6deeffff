import { Option, type Command } from 'commander';
import { MAX_COVER_DAYS } from '../custody/demand/allocation.js';
import {
  LEVELS,
  levelOf,
  parseFacilityId,
  type Level,
} from '../custody/facilities/facility-code.js';
import { DEMAND_ORDERS, type DemandOrder } from '../read-models/demand/demand-answer.js';
import { OVERDUE_MEASURES } from '../read-models/shipments/overdue.js';
import type { Settings } from '../settings.js';
import { dayOf, instantOf, wholeNumber } from './option-values.js';
import type { ShipmentsOptions } from './shipments.js';

/** Questions of who lacks blanks, and of what is on its way to them. */
export function addSupply(program: Command, settings: () => Settings): void {
  addTransit(program, settings);
  addDemand(program, settings);
}

function addTransit(program: Command, settings: () => Settings): void {
  program
    .command('shipments')
    .description('shipments, the latest first: on the way, late, short, with what nobody listed')
    .option('--within <facility>', 'to or from it, or one below it', '00')
    .option('--open', 'only those not settled in full', false)
    .addOption(
      new Option(
        '--overdue <measure>',
        'later than agreed, or longer than its route usually takes',
      ).choices(OVERDUE_MEASURES),
    )
    .option('--at <instant>', 'overdue by then; default: now', instantOf)
    .option('--short', 'only with blanks missing, or settled in part', false)
    .option('--unexpected', 'only with serials that the manifest does not name', false)
    .option('--after <place>', 'go on where a page ended')
    .option('--limit <count>', 'at most this many', wholeNumber(1, 1_000), 50)
    .option('--json', 'for machines', false)
    .action(async (options: ShipmentsOptions) => {
      const { runShipments } = await import('./shipments.js');
      await runShipments(settings(), options);
    });
  program
    .command('routes')
    .description('how long shipments take, from one account to another')
    .argument('[facility]', 'to or from it, or one below it', '00')
    .option('--after <place>', 'go on where a page ended')
    .option('--limit <count>', 'at most this many', wholeNumber(1, 1_000), 50)
    .option('--json', 'for machines', false)
    .action(async (facility: string, options: { after?: string; limit: number; json: boolean }) => {
      const { runRoutes } = await import('./routes.js');
      await runRoutes(settings(), facility, options);
    });
}

/** Blanks in a carton, the smallest sealed package that travels. */
const CARTON = 500;
const COVER_DAYS = 30;
const MOST_BLANKS = 1_000_000_000;

interface DemandOptions {
  readonly level?: Level;
  readonly sort: DemandOrder;
  readonly today?: string;
  readonly after?: string;
  readonly limit: number;
  readonly json: boolean;
}

interface AllocationOptions {
  readonly blanks?: number;
  readonly carton: number;
  readonly deadline?: string;
  readonly coverDays: number;
  readonly today?: string;
  readonly json: boolean;
}

function addDemand(program: Command, settings: () => Settings): void {
  const today = [
    '--today <day>',
    'the last day that counts; default: of the latest event',
  ] as const;
  program
    .command('demand')
    .description('who waits for a card, what there is for them, and who runs out first')
    .argument('[facility]', 'the region', '00')
    .addOption(
      new Option('--level <level>', 'of the offices shown; default: the next below').choices(
        LEVELS,
      ),
    )
    .addOption(
      new Option('--sort <order>', 'what comes first').choices(DEMAND_ORDERS).default('code'),
    )
    .option(...today, dayOf)
    .option('--after <place>', 'go on where a page ended')
    .option('--limit <count>', 'at most this many', wholeNumber(1, 1_000), 50)
    .option('--json', 'for machines', false)
    .action(async (within: string, options: DemandOptions) => {
      const { level = levelBelow(within), sort: order } = options;
      const { runDemand } = await import('./demand.js');
      await runDemand(settings(), { within, level, order, today: options.today ?? null }, options);
    });
  program
    .command('allocate')
    .description('propose how many blanks each office below one should get; nothing is moved')
    .argument('<consignor>', 'e.g. 00')
    .option('--blanks <count>', 'default: all it holds', wholeNumber(0, MOST_BLANKS))
    .option('--carton <count>', 'blanks in a carton', wholeNumber(1, MOST_BLANKS), CARTON)
    .option('--deadline <day>', 'only deadlines up to this day go first; default: all', dayOf)
    .option(
      '--cover-days <days>',
      'enough also for those who come within so many days',
      wholeNumber(0, MAX_COVER_DAYS),
      COVER_DAYS,
    )
    .option(...today, dayOf)
    .option('--json', 'for machines', false)
    .action(async (consignor: string, options: AllocationOptions) => {
      const { blanks = null, carton, deadline = null, coverDays, json } = options;
      const asked = { consignor, blanks, carton, deadline, coverDays };
      const { runAllocate } = await import('./allocate.js');
      await runAllocate(settings(), { ...asked, today: options.today ?? null }, json);
    });
}

/** What stands directly below an office of this id; villages have nothing below them. */
function levelBelow(id: string): Level {
  const facilityId = parseFacilityId(id);
  const level = facilityId === null ? 'nation' : levelOf(facilityId);
  return LEVELS[LEVELS.indexOf(level) + 1] ?? level;
}
