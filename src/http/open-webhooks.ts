import { Logger } from '@nestjs/common';
import { loadVaultKeys } from '../access/subject-vault/vault-keys.js';
import type { EventStore } from '../event-store/event-store.js';
import type { LiveLog } from '../read-models/live/live-log.js';
import type { Settings } from '../settings.js';
import { retryPolicy } from '../webhooks/back-off.js';
import { Webhooks } from '../webhooks/webhooks.js';

/** Injection token of {@link Webhooks}; null where this process delivers none. */
export const WEBHOOKS = Symbol('Webhooks');

const log = new Logger('webhooks');

/** Opens what was registered, and goes on delivering, where this process is to. @throws {WebhooksFault} */
export function openWebhooks(
  { webhooks, vault, env, dataDir }: Settings,
  store: EventStore,
  live: LiveLog,
): Webhooks | null {
  const { isOn, file, isLoopbackAllowed, retryForMs } = webhooks;
  if (!isOn) return null;
  return Webhooks.start({
    file,
    // The vault is open by now, so its key is there.
    key: loadVaultKeys({ env, dataDir, vault, mode: 'reader' }).webhookKey,
    store,
    live,
    policy: { isLoopbackAllowed, ...retryPolicy(retryForMs) },
    onFault: (webhook, fault) => {
      const why = fault instanceof Error ? `${fault.name}: ${fault.message}` : String(fault);
      log.warn(`webhook ${webhook} could not go on: ${why}`);
    },
  });
}
