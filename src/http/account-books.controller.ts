import { Body, Controller, Param } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  CorrectOccurrenceBody,
  CorrectOccurrenceCommand,
} from '../commands/correct-occurrence.command.js';
import { CountStockBody, CountStockCommand } from '../commands/count-stock.command.js';
import {
  HandOverCustodyBody,
  HandOverCustodyCommand,
} from '../commands/hand-over-custody.command.js';
import { ReportDemandBody, ReportDemandCommand } from '../commands/report-demand.command.js';
import { ReverseEntryBody, ReverseEntryCommand } from '../commands/reverse-entry.command.js';
import { CommandGateway, type WriteAnswer } from './command-gateway.js';
import { EXAMPLES } from './examples.js';
import { Sender, type HttpSender } from './http-sender.js';
import { WriteRoute } from './write-route.js';

/** What is counted, handed over, corrected and reported in the books of an account. */
@ApiTags('accounts')
@Controller('accounts/:account')
export class AccountBooksController {
  constructor(private readonly commands: CommandGateway) {}

  @WriteRoute('counts', {
    event: 'StockCounted',
    summary: 'Record a stock count',
    body: CountStockBody,
    example: EXAMPLES.count,
    isBulk: true,
  })
  count(
    @Sender() sender: HttpSender,
    @Param('account') account: string,
    @Body() body: CountStockBody,
  ): Promise<WriteAnswer> {
    return this.commands.send(sender, new CountStockCommand(sender.envelope, account, body));
  }

  @WriteRoute('handovers', {
    event: 'StockCounted and CustodianChanged',
    summary: 'Hand the account to another officer, with a count',
    body: HandOverCustodyBody,
    example: EXAMPLES.handover,
  })
  handOver(
    @Sender() sender: HttpSender,
    @Param('account') account: string,
    @Body() body: HandOverCustodyBody,
  ): Promise<WriteAnswer> {
    return this.commands.send(sender, new HandOverCustodyCommand(sender.envelope, account, body));
  }

  @WriteRoute('reversals', {
    event: 'EntryReversed',
    summary: 'Undo an entry made in error',
    body: ReverseEntryBody,
    example: EXAMPLES.reversal,
  })
  reverse(
    @Sender() sender: HttpSender,
    @Param('account') account: string,
    @Body() body: ReverseEntryBody,
  ): Promise<WriteAnswer> {
    return this.commands.send(sender, new ReverseEntryCommand(sender.envelope, account, body));
  }

  @WriteRoute('occurrence-corrections', {
    event: 'OccurrenceCorrected',
    summary: 'Correct when an entry happened',
    body: CorrectOccurrenceBody,
    example: EXAMPLES.occurrenceCorrection,
  })
  correctOccurrence(
    @Sender() sender: HttpSender,
    @Param('account') account: string,
    @Body() body: CorrectOccurrenceBody,
  ): Promise<WriteAnswer> {
    return this.commands.send(sender, new CorrectOccurrenceCommand(sender.envelope, account, body));
  }

  @WriteRoute('demand-reports', {
    event: 'DemandReported',
    summary: 'Report residents waiting for a card',
    body: ReportDemandBody,
    example: EXAMPLES.demand,
  })
  reportDemand(
    @Sender() sender: HttpSender,
    @Param('account') account: string,
    @Body() body: ReportDemandBody,
  ): Promise<WriteAnswer> {
    return this.commands.send(sender, new ReportDemandCommand(sender.envelope, account, body));
  }
}
