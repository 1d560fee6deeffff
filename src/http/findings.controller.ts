import { Body, Controller, Param } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { RecordFindingBody, RecordFindingCommand } from '../commands/record-finding.command.js';
import { ResolveFindingBody, ResolveFindingCommand } from '../commands/resolve-finding.command.js';
import { CommandGateway, type WriteAnswer } from './command-gateway.js';
import { EXAMPLES } from './examples.js';
import { Sender, type HttpSender } from './http-sender.js';
import { WriteRoute } from './write-route.js';

/** Cards that turned up outside any manifest. */
@ApiTags('findings')
@Controller('findings')
export class FindingsController {
  constructor(private readonly commands: CommandGateway) {}

  @WriteRoute('', {
    event: 'FindingRecorded',
    summary: 'Record cards that turned up',
    body: RecordFindingBody,
    example: EXAMPLES.finding,
  })
  record(@Sender() sender: HttpSender, @Body() body: RecordFindingBody): Promise<WriteAnswer> {
    return this.commands.send(sender, new RecordFindingCommand(sender.envelope, body));
  }

  @WriteRoute(':id/resolution', {
    event: 'FindingResolved',
    summary: 'Say how the books account for a finding',
    body: ResolveFindingBody,
    example: EXAMPLES.resolution,
  })
  resolve(
    @Sender() sender: HttpSender,
    @Param('id') id: string,
    @Body() body: ResolveFindingBody,
  ): Promise<WriteAnswer> {
    return this.commands.send(sender, new ResolveFindingCommand(sender.envelope, id, body));
  }
}
