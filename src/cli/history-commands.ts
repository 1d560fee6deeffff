import type { Command } from 'commander';
import { CLOCKS, type Clock } from '../read-models/history/history-tables.js';
import type { Settings } from '../settings.js';
import { wholeNumber } from './option-values.js';
import type { StockCardOptions } from './stock-card.js';
import { accountOf, oneOf } from './words.js';

const MOMENT = 'a day (its end), an instant with its offset, or position:N';

/** What was so at a moment of either clock, and what moved between two. */
export function addHistory(program: Command, settings: () => Settings): void {
  program
    .command('stock')
    .description('what an office holds, or held, itself and with all below it')
    .argument('<facility>', 'e.g. 31.71')
    .option('--as-of <moment>', MOMENT)
    .option('--clock <clock>', CLOCKS.join(' or '), oneOf(...CLOCKS))
    .option('--json', 'for machines', false)
    .action(
      async (
        facility: string,
        { asOf, clock, json }: { asOf?: string; clock?: Clock; json: boolean },
      ) => {
        if (asOf === undefined && clock === undefined) {
          const { runStock } = await import('./stock.js');
          await runStock(settings(), facility, json);
          return;
        }
        const { runStockAsOf } = await import('./stock-as-of.js');
        await runStockAsOf(settings(), facility, { asOf, clock: clock ?? 'recorded', json });
      },
    );
  program
    .command('stock-diff')
    .description('what moved in a region between two moments, and by which entries')
    .argument('<facility>', 'e.g. 31')
    .requiredOption('--from <moment>', MOMENT)
    .requiredOption('--to <moment>', MOMENT)
    .option('--clock <clock>', CLOCKS.join(' or '), oneOf(...CLOCKS), 'recorded')
    .option('--limit <count>', 'at most so many entries', wholeNumber(1, 1_000), 50)
    .option('--json', 'for machines', false)
    .action(async (facility: string, options: StockCardOptions) => {
      const { runStockDiff } = await import('./stock-as-of.js');
      await runStockDiff(settings(), facility, options);
    });
  program
    .command('stock-card')
    .description('the books of an account in a period: opening, lines, officers, closing')
    .argument('<account>', 'e.g. 00, 31.71.01.1001, B.2017-A', accountOf)
    .requiredOption('--from <moment>', MOMENT)
    .requiredOption('--to <moment>', MOMENT)
    .option('--clock <clock>', CLOCKS.join(' or '), oneOf(...CLOCKS), 'recorded')
    .option('--limit <count>', 'at most so many lines', wholeNumber(1, 1_000), 50)
    .option('--json', 'for machines', false)
    .action(async (account: string, options: StockCardOptions) => {
      const { runStockCard } = await import('./stock-card.js');
      await runStockCard(settings(), account, options);
    });
}
