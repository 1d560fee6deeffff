import {
  Body,
  Controller,
  Delete,
  HttpCode,
  Inject,
  Param,
  Query,
  type OnModuleDestroy,
} from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Officer } from '../custody/account/events.js';
import type { FacilityId } from '../custody/facilities/facility-code.js';
import { FacilityRegister } from '../custody/facilities/facility-register.js';
import { isSeen } from '../read-models/exports/log-range.js';
import type { DeadLetter, Webhook } from '../webhooks/webhook.js';
import type { Webhooks } from '../webhooks/webhooks.js';
import { askedScope } from './asked-scope.js';
import { Actor } from './http-sender.js';
import { WEBHOOKS } from './open-webhooks.js';
import { ByActor, OperationRoute } from './operation-route.js';
import { Problem } from './problem.js';
import { limitOf } from './queries.dto.js';
import { ReadRoute } from './read-route.js';
import { DeadLettersQuery, RegisterWebhookBody, WebhookStateBody } from './webhooks.dto.js';

/** Where events are sent to. */
@ApiTags('webhooks')
@Controller('webhooks')
export class WebhooksController implements OnModuleDestroy {
  constructor(
    @Inject(WEBHOOKS) private readonly opened: Webhooks | null,
    private readonly register: FacilityRegister,
  ) {}

  async onModuleDestroy(): Promise<void> {
    await this.opened?.close();
  }

  @ReadRoute('', {
    summary: 'Every webhook, and how far it is',
    answer: 'All of them, the oldest first; no secrets.',
    schema: 'WebhookList',
    takesQuery: false,
  })
  all(): { readonly items: readonly Webhook[] } {
    return { items: this.webhooks.all() };
  }

  @ReadRoute(':id', {
    summary: 'One webhook, and how far it is',
    answer: 'Without its secret.',
    schema: 'Webhook',
    takesQuery: false,
  })
  one(@Param('id') id: string): Webhook {
    return found(this.webhooks.get(id));
  }

  @ReadRoute(':id/dead-letters', {
    summary: 'Deliveries that were given up',
    answer: 'A page, in the order of the log.',
    schema: 'DeadLetterPage',
  })
  deadLetters(
    @Param('id') id: string,
    @Query() query: DeadLettersQuery,
  ): { readonly items: readonly DeadLetter[]; readonly next: string | null } {
    const limit = limitOf(query);
    const after = BigInt(query.after ?? 0);
    const letters = found(this.webhooks.deadLetters(id, after, limit + 1));
    const items = letters.slice(0, limit);
    return { items, next: letters.length > limit ? (items.at(-1)?.position ?? null) : null };
  }

  @OperationRoute('', {
    summary: 'Register a webhook: it gets what is recorded from now on',
    body: RegisterWebhookBody,
    example: {
      url: 'https://gudang.example/blangko',
      within: '31',
      types: ['ShipmentDispatched', 'ShipmentReceived'],
      description: 'Warehouse of Jakarta',
    },
    schema: 'WebhookRegistered',
  })
  async add(
    @Actor() actor: Officer,
    @Body() body: RegisterWebhookBody,
  ): Promise<Webhook & { readonly secret: string }> {
    const { webhooks } = this;
    const { url, within = null, types = null, description = '' } = body;
    if (within !== null && !isSeen(this.register, askedScope(), within as FacilityId)) {
      const errors = [{ pointer: '/within', detail: 'there is no such facility' }];
      throw new Problem('body_invalid', { errors });
    }
    const request = { url, within, types, description };
    const { webhook, secret } = await webhooks.register(request, actor);
    return { ...webhook, secret };
  }

  @OperationRoute(':id/state', {
    summary: 'Pause a webhook, or have it go on where it was',
    body: WebhookStateBody,
    example: { state: 'paused' },
    schema: 'Webhook',
  })
  async setState(@Param('id') id: string, @Body() { state }: WebhookStateBody): Promise<Webhook> {
    const { webhooks } = this;
    return found(await (state === 'paused' ? webhooks.pause(id) : webhooks.resume(id)));
  }

  @OperationRoute(':id/dead-letters/:deliveryId/redeliveries', {
    summary: 'Deliver anew what was given up',
    example: {},
    schema: 'Redelivery',
  })
  redeliver(
    @Param('id') id: string,
    @Param('deliveryId') deliveryId: string,
    @Body() body: object,
  ): { readonly deliveryId: string } {
    if (Object.keys(body).length > 0)
      throw new Problem('body_invalid', { detail: 'the body must be an empty object' });
    if (!this.webhooks.redeliver(id, deliveryId)) throw new Problem('not_found');
    return { deliveryId };
  }

  @Delete(':id')
  @HttpCode(204)
  @ByActor()
  @ApiOperation({ summary: 'Remove a webhook, with all that is queued for it' })
  @ApiResponse({ status: 204, description: 'It is gone.' })
  async remove(@Param('id') id: string): Promise<void> {
    if (!(await this.webhooks.remove(id))) throw new Problem('not_found');
  }

  /** @throws {Problem} `webhooks_elsewhere` */
  private get webhooks(): Webhooks {
    if (this.opened === null) throw new Problem('webhooks_elsewhere');
    return this.opened;
  }
}

function found<T>(answer: T | null): T {
  if (answer === null) throw new Problem('not_found');
  return answer;
}
