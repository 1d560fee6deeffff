import { Body, Controller, Inject, Param, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Clock } from '../commands/command-envelope.js';
import {
  DispatchShipmentBody,
  DispatchShipmentCommand,
} from '../commands/dispatch-shipment.command.js';
import {
  ReceiveShipmentBody,
  ReceiveShipmentCommand,
} from '../commands/receive-shipment.command.js';
import { RefuseShipmentBody, RefuseShipmentCommand } from '../commands/refuse-shipment.command.js';
import {
  ReportTransitIncidentBody,
  ReportTransitIncidentCommand,
} from '../commands/report-transit-incident.command.js';
import type { ShipmentAnswer } from '../read-models/shipments/shipment-answer.js';
import { ShipmentById } from '../read-models/shipments/shipment-by-id.query.js';
import { ShipmentsOf } from '../read-models/shipments/shipments-of.query.js';
import {
  UnexpectedIn,
  type UnexpectedAnswer,
} from '../read-models/shipments/unexpected-in.query.js';
import { CLOCK } from '../tokens.js';
import { askedScope } from './asked-scope.js';
import { CommandGateway, type WriteAnswer } from './command-gateway.js';
import { EXAMPLES } from './examples.js';
import { Sender, type HttpSender } from './http-sender.js';
import { FreshQuery, limitOf } from './queries.dto.js';
import { shipmentFilterOf, ShipmentsQuery } from './shipment-queries.dto.js';
import { pageAnswer, QueryGateway } from './query-gateway.js';
import { ReadRoute } from './read-route.js';
import { WriteRoute } from './write-route.js';

/** What is on its way between accounts. */
@ApiTags('shipments')
@Controller()
export class ShipmentsController {
  constructor(
    private readonly commands: CommandGateway,
    private readonly queries: QueryGateway,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @ReadRoute('shipments', {
    summary: 'Shipments, the latest first',
    answer: 'A page: items, and next.',
    schema: 'ShipmentPage',
  })
  async list(@Query() query: ShipmentsQuery, @Res({ passthrough: true }) reply: FastifyReply) {
    const { cursor = null, atLeast } = query;
    const filter = shipmentFilterOf(query, this.clock.now());
    const question = new ShipmentsOf(askedScope(), filter, cursor, limitOf(query), atLeast);
    return pageAnswer(await this.queries.ask(reply, question, atLeast));
  }

  @ReadRoute('shipments/:id', {
    summary: 'One shipment',
    answer: 'Its packages, what is still in transit, and the entries about it.',
    schema: 'Shipment',
  })
  one(
    @Param('id') id: string,
    @Query() { atLeast }: FreshQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ShipmentAnswer> {
    return this.queries.ask(reply, new ShipmentById(askedScope(), id, atLeast), atLeast);
  }

  @ReadRoute('shipments/:id/unexpected', {
    summary: 'What was found in a shipment that its manifest does not name',
    answer: 'Serials by receipt, and with whom the books have them now.',
    schema: 'UnexpectedSerials',
  })
  unexpected(
    @Param('id') id: string,
    @Query() { atLeast }: FreshQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<UnexpectedAnswer> {
    return this.queries.ask(reply, new UnexpectedIn(askedScope(), id, atLeast), atLeast);
  }

  @WriteRoute('accounts/:account/shipments', {
    event: 'ShipmentDispatched',
    summary: 'Dispatch serials in sealed packages',
    body: DispatchShipmentBody,
    example: EXAMPLES.dispatch,
    isBulk: true,
  })
  dispatch(
    @Sender() sender: HttpSender,
    @Param('account') account: string,
    @Body() body: DispatchShipmentBody,
  ): Promise<WriteAnswer> {
    return this.commands.send(sender, new DispatchShipmentCommand(sender.envelope, account, body));
  }

  @WriteRoute('shipments/:id/receipts', {
    event: 'ShipmentReceived',
    summary: 'Receive what of a shipment arrived',
    body: ReceiveShipmentBody,
    example: EXAMPLES.receipt,
    isBulk: true,
  })
  receive(
    @Sender() sender: HttpSender,
    @Param('id') id: string,
    @Body() body: ReceiveShipmentBody,
  ): Promise<WriteAnswer> {
    return this.commands.send(sender, new ReceiveShipmentCommand(sender.envelope, id, body));
  }

  @WriteRoute('shipments/:id/refusals', {
    event: 'ShipmentRefused',
    summary: 'Send the open part of a shipment back',
    body: RefuseShipmentBody,
    example: EXAMPLES.refusal,
  })
  refuse(
    @Sender() sender: HttpSender,
    @Param('id') id: string,
    @Body() body: RefuseShipmentBody,
  ): Promise<WriteAnswer> {
    return this.commands.send(sender, new RefuseShipmentCommand(sender.envelope, id, body));
  }

  @WriteRoute('shipments/:id/incidents', {
    event: 'TransitIncidentReported',
    summary: 'Report an incident on the way; moves nothing',
    body: ReportTransitIncidentBody,
    example: EXAMPLES.incident,
  })
  reportIncident(
    @Sender() sender: HttpSender,
    @Param('id') id: string,
    @Body() body: ReportTransitIncidentBody,
  ): Promise<WriteAnswer> {
    return this.commands.send(sender, new ReportTransitIncidentCommand(sender.envelope, id, body));
  }
}
