import { Option, type Command } from 'commander';
import { OVERDUE_MEASURES } from '../read-models/shipments/overdue.js';
import type { Settings } from '../settings.js';
import { instantOf, wholeNumber } from './option-values.js';
import type { ShipmentsOptions } from './shipments.js';

/** Questions of who lacks blanks, and of what is on its way to them. */
export function addSupply(program: Command, settings: () => Settings): void {
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
