import { Body, Controller, Param } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { DestroyBlanksBody, DestroyBlanksCommand } from '../commands/destroy-blanks.command.js';
import { IssueBlanksBody, IssueBlanksCommand } from '../commands/issue-blanks.command.js';
import { RecordSpoilageBody, RecordSpoilageCommand } from '../commands/record-spoilage.command.js';
import {
  RecordUnnumberedBody,
  RecordUnnumberedCommand,
} from '../commands/record-unnumbered.command.js';
import { RecoverBlanksBody, RecoverBlanksCommand } from '../commands/recover-blanks.command.js';
import { ReportMissingBody, ReportMissingCommand } from '../commands/report-missing.command.js';
import { CommandGateway, type WriteAnswer } from './command-gateway.js';
import { EXAMPLES } from './examples.js';
import { Sender, type HttpSender } from './http-sender.js';
import { WriteRoute } from './write-route.js';

/** What happens to the blanks and cards of an account. */
@ApiTags('accounts')
@Controller('accounts/:account')
export class AccountStockController {
  constructor(private readonly commands: CommandGateway) {}

  @WriteRoute('issuances', {
    event: 'BlankIssued, one a blank',
    summary: 'Issue blanks to residents',
    body: IssueBlanksBody,
    example: EXAMPLES.issuance,
    isBulk: true,
  })
  issue(
    @Sender() sender: HttpSender,
    @Param('account') account: string,
    @Body() body: IssueBlanksBody,
  ): Promise<WriteAnswer> {
    return this.commands.send(sender, new IssueBlanksCommand(sender.envelope, account, body));
  }

  @WriteRoute('spoilages', {
    event: 'BlanksSpoiled',
    summary: 'Record spoiled blanks',
    body: RecordSpoilageBody,
    example: EXAMPLES.spoilage,
  })
  spoil(
    @Sender() sender: HttpSender,
    @Param('account') account: string,
    @Body() body: RecordSpoilageBody,
  ): Promise<WriteAnswer> {
    return this.commands.send(sender, new RecordSpoilageCommand(sender.envelope, account, body));
  }

  @WriteRoute('destructions', {
    event: 'BlanksDestroyed',
    summary: 'Destroy invalid cards before witnesses',
    body: DestroyBlanksBody,
    example: EXAMPLES.destruction,
  })
  destroy(
    @Sender() sender: HttpSender,
    @Param('account') account: string,
    @Body() body: DestroyBlanksBody,
  ): Promise<WriteAnswer> {
    return this.commands.send(sender, new DestroyBlanksCommand(sender.envelope, account, body));
  }

  @WriteRoute('missing-reports', {
    event: 'BlanksReportedMissing',
    summary: 'Report serials lost, stolen or unaccounted for',
    body: ReportMissingBody,
    example: EXAMPLES.loss,
  })
  reportMissing(
    @Sender() sender: HttpSender,
    @Param('account') account: string,
    @Body() body: ReportMissingBody,
  ): Promise<WriteAnswer> {
    return this.commands.send(sender, new ReportMissingCommand(sender.envelope, account, body));
  }

  @WriteRoute('recoveries', {
    event: 'BlanksRecovered',
    summary: 'Record missing serials found again',
    body: RecoverBlanksBody,
    example: EXAMPLES.recovery,
  })
  recover(
    @Sender() sender: HttpSender,
    @Param('account') account: string,
    @Body() body: RecoverBlanksBody,
  ): Promise<WriteAnswer> {
    return this.commands.send(sender, new RecoverBlanksCommand(sender.envelope, account, body));
  }

  @WriteRoute('unnumbered', {
    event: 'UnnumberedCardsRecorded',
    summary: 'Take in cards without a legible serial',
    body: RecordUnnumberedBody,
    example: EXAMPLES.unnumbered,
  })
  recordUnnumbered(
    @Sender() sender: HttpSender,
    @Param('account') account: string,
    @Body() body: RecordUnnumberedBody,
  ): Promise<WriteAnswer> {
    return this.commands.send(sender, new RecordUnnumberedCommand(sender.envelope, account, body));
  }
}
