import { DECIMAL } from './open-api-schemas.js';
import {
  COUNT,
  FLAG,
  INSTANT,
  list,
  object,
  OFFICER,
  orNull,
  ref,
  said,
  TEXT,
} from './schema-parts.js';

const WEBHOOK = {
  id: { type: 'string', format: 'uuid' },
  url: TEXT,
  within: said(orNull(TEXT), 'Only what concerns this facility and all below it.'),
  types: { type: 'array', nullable: true, items: TEXT },
  description: TEXT,
  isPaused: FLAG,
  pausedBecause: said(orNull(TEXT), 'Why it paused itself.'),
  createdAt: INSTANT,
  createdBy: OFFICER,
  position: said(DECIMAL, 'Up to here all has been delivered or is queued.'),
  pending: COUNT,
  deadLetters: COUNT,
  delivered: COUNT,
  lastDeliveredAt: orNull(INSTANT),
  lastFailure: said(orNull(TEXT), 'Of the last attempt that failed: when, and why.'),
};
const DEAD_LETTER = {
  deliveryId: { type: 'string', format: 'uuid' },
  position: DECIMAL,
  account: said(TEXT, 'Or the stream, where it is of no account.'),
  eventId: TEXT,
  type: TEXT,
  attempts: COUNT,
  givenUpAt: INSTANT,
  failure: TEXT,
};

/** What is told of webhooks. */
export const WEBHOOK_SCHEMAS = {
  Webhook: object(WEBHOOK),
  WebhookRegistered: object({
    ...WEBHOOK,
    secret: said(TEXT, 'The key of the signatures; it is told this once.'),
  }),
  WebhookList: object({ items: list(ref('Webhook')) }),
  DeadLetterPage: object({
    items: list(object(DEAD_LETTER)),
    next: said(orNull(DECIMAL), 'Give it as `after` for those that follow; null at the end.'),
  }),
  Redelivery: object({ deliveryId: TEXT }),
} as const;
