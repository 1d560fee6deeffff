import { Body, Controller, Param } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { SurrenderCardBody, SurrenderCardCommand } from '../commands/surrender-card.command.js';
import { CommandGateway, type WriteAnswer } from './command-gateway.js';
import { EXAMPLES } from './examples.js';
import { Sender, type HttpSender } from './http-sender.js';
import { WriteRoute } from './write-route.js';

/** Single cards. */
@ApiTags('cards')
@Controller('cards')
export class CardsController {
  constructor(private readonly commands: CommandGateway) {}

  @WriteRoute(':batch/:number/surrenders', {
    event: 'CardSurrendered',
    summary: 'Take an issued card back',
    body: SurrenderCardBody,
    example: EXAMPLES.surrender,
  })
  surrender(
    @Sender() sender: HttpSender,
    @Param('batch') batch: string,
    @Param('number') number: string,
    @Body() body: SurrenderCardBody,
  ): Promise<WriteAnswer> {
    const command = new SurrenderCardCommand(sender.envelope, `${batch}/${number}`, body);
    return this.commands.send(sender, command);
  }
}
