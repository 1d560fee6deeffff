import { existsSync } from 'node:fs';
import type { Settings } from '../settings.js';
import type { DeadLetter, Webhook } from '../webhooks/webhook.js';
import { WebhookStore } from '../webhooks/webhook-store.js';
import { print, printJson, printTable } from './output.js';
import { UserError } from './user-error.js';

const MAX_LETTERS = 1_000;

/**
 * Where events are sent to, beside whoever sends them; they are registered over HTTP.
 * @param id of one, whose dead letters are told instead
 * @throws {UserError} there is no such webhook
 */
export function runWebhooks(settings: Settings, id: string | undefined, asJson: boolean): void {
  const { file } = settings.webhooks;
  if (!existsSync(file)) {
    if (id !== undefined) throw new UserError(`there is no webhook ${id}`);
    tell(asJson, [], printWebhooks);
    return;
  }
  const store = WebhookStore.openReader(file);
  try {
    if (id === undefined) {
      tell(asJson, store.all(), printWebhooks);
      return;
    }
    if (store.get(id) === null) throw new UserError(`there is no webhook ${id}`);
    tell(asJson, store.deadLetters(id, 0n, MAX_LETTERS), printLetters);
  } finally {
    store.close();
  }
}

function tell<T>(asJson: boolean, items: readonly T[], show: (items: readonly T[]) => void): void {
  if (asJson) printJson({ items });
  else show(items);
}

function printWebhooks(webhooks: readonly Webhook[]): void {
  if (webhooks.length === 0) {
    print('no webhook is registered');
    return;
  }
  printTable(
    ['webhook', 'to', 'within', 'state', 'pending', 'given up', 'delivered', 'last failure'],
    webhooks.map((it) => [
      it.id,
      it.url,
      it.within ?? '',
      it.isPaused ? `paused${it.pausedBecause === null ? '' : `: ${it.pausedBecause}`}` : 'active',
      it.pending,
      it.deadLetters,
      it.delivered,
      it.lastFailure ?? '',
    ]),
  );
}

function printLetters(letters: readonly DeadLetter[]): void {
  if (letters.length === 0) {
    print('nothing was given up');
    return;
  }
  printTable(
    ['delivery', 'position', 'account', 'event', 'given up', 'attempts', 'why'],
    letters.map((it) => [
      it.deliveryId,
      it.position,
      it.account,
      it.type,
      it.givenUpAt,
      it.attempts,
      it.failure,
    ]),
  );
}
