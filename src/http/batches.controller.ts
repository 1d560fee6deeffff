import { Body, Controller, Param, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CloseBatchBody, CloseBatchCommand } from '../commands/close-batch.command.js';
import { ProcureBatchBody, ProcureBatchCommand } from '../commands/procure-batch.command.js';
import {
  RecordProductionBody,
  RecordProductionCommand,
} from '../commands/record-production.command.js';
import { BatchByCode, type BatchAnswer } from '../read-models/batches/batch-by-code.query.js';
import { BatchTree, type BatchTreeAnswer } from '../read-models/trace/batch-tree.query.js';
import { askedScope } from './asked-scope.js';
import { CommandGateway, type WriteAnswer } from './command-gateway.js';
import { EXAMPLES } from './examples.js';
import { Sender, type HttpSender } from './http-sender.js';
import { FreshQuery } from './queries.dto.js';
import { QueryGateway } from './query-gateway.js';
import { ReadRoute } from './read-route.js';
import { TreeQuery } from './trace.dto.js';
import { WriteRoute } from './write-route.js';

/** Production runs under a contract. */
@ApiTags('batches')
@Controller('batches')
export class BatchesController {
  constructor(
    private readonly commands: CommandGateway,
    private readonly queries: QueryGateway,
  ) {}

  @ReadRoute(':batch', {
    summary: 'The books of one batch',
    answer: 'Contract, production, and where all its blanks are.',
    schema: 'Batch',
  })
  one(
    @Param('batch') batch: string,
    @Query() { atLeast }: FreshQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<BatchAnswer> {
    return this.queries.ask(reply, new BatchByCode(askedScope(), batch, atLeast), atLeast);
  }

  @ReadRoute(':batch/tree', {
    summary: 'Where the blanks of a batch are, from a facility downwards',
    answer:
      'Counts of each facility with all below it; the serials of the facility itself, and what is on ' +
      'its way there or from there. `within` opens a branch.',
    schema: 'BatchTree',
  })
  tree(
    @Param('batch') batch: string,
    @Query() { within, depth = '1', atLeast }: TreeQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<BatchTreeAnswer> {
    const question = new BatchTree(askedScope(), batch, within ?? null, Number(depth), atLeast);
    return this.queries.ask(reply, question, atLeast);
  }

  @WriteRoute('', {
    event: 'BatchProcured',
    summary: 'Open the serial space of a batch under a contract',
    body: ProcureBatchBody,
    example: EXAMPLES.procurement,
  })
  procure(@Sender() sender: HttpSender, @Body() body: ProcureBatchBody): Promise<WriteAnswer> {
    return this.commands.send(sender, new ProcureBatchCommand(sender.envelope, body));
  }

  @WriteRoute(':batch/productions', {
    event: 'BlanksProduced',
    summary: 'Record an instalment of production',
    body: RecordProductionBody,
    example: EXAMPLES.production,
    isBulk: true,
  })
  produce(
    @Sender() sender: HttpSender,
    @Param('batch') batch: string,
    @Body() body: RecordProductionBody,
  ): Promise<WriteAnswer> {
    const command = new RecordProductionCommand(sender.envelope, `B.${batch}`, body);
    return this.commands.send(sender, command);
  }

  @WriteRoute(':batch/closing', {
    event: 'BatchClosed',
    summary: 'End the production of a batch',
    body: CloseBatchBody,
    example: EXAMPLES.closing,
  })
  close(
    @Sender() sender: HttpSender,
    @Param('batch') batch: string,
    @Body() body: CloseBatchBody,
  ): Promise<WriteAnswer> {
    return this.commands.send(sender, new CloseBatchCommand(sender.envelope, `B.${batch}`, body));
  }
}
