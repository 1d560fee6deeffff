import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

/** From a tenth of a millisecond to ten seconds. */
const APPEND_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 2.5, 10];

interface Lag {
  readonly lagEvents: number | null;
  readonly lagMs: number | null;
}

/** The figures of one running ledger; in a registry of its own, so that two can run in one process. */
export class LedgerMetrics {
  readonly registry = new Registry();
  private readonly appendSeconds = new Histogram({
    name: 'ledger_append_seconds',
    help: 'Time from an append to its durable acknowledgement.',
    buckets: APPEND_BUCKETS,
    registers: [this.registry],
  });
  private readonly appendErrors = new Counter({
    name: 'ledger_append_errors_total',
    help: 'Writes that failed by a fault, not by a refusal.',
    registers: [this.registry],
  });
  private readonly commands = new Counter({
    name: 'ledger_commands_total',
    help: 'Commands by name and outcome: accepted, replayed, fault, or the code of the refusal.',
    labelNames: ['name', 'outcome'],
    registers: [this.registry],
  });
  private readonly lag = new Gauge({
    name: 'ledger_projection_lag_events',
    help: 'How far a projection is behind the log.',
    labelNames: ['projection'],
    registers: [this.registry],
  });
  private readonly lagSeconds = new Gauge({
    name: 'ledger_projection_lag_seconds',
    help: 'For how long something in the log has waited for a projection, as far as was looked.',
    labelNames: ['projection'],
    registers: [this.registry],
  });
  private readonly up = new Gauge({
    name: 'ledger_store_up',
    help: '1 while the event store answers.',
    registers: [this.registry],
  });
  private readonly subscriptionsLost = new Counter({
    name: 'ledger_store_subscriptions_lost_total',
    help: 'Subscriptions to the event store that ended and were begun anew.',
    registers: [this.registry],
  });
  private readonly readOnly = new Gauge({
    name: 'ledger_store_readonly',
    help: '1 while the store takes no writes.',
    registers: [this.registry],
  });

  private readonly vaultReadOnly = new Gauge({
    name: 'ledger_vault_readonly',
    help: '1 while the subject vault takes no entries.',
    registers: [this.registry],
  });

  private readonly webhookDeliveries = new Gauge({
    name: 'ledger_webhook_deliveries',
    help: 'Deliveries of all webhooks that are pending, and that were given up.',
    labelNames: ['state'],
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  readonly appended = (durationMs: number): void => {
    this.appendSeconds.observe(durationMs / 1_000);
  };

  appendFailed(): void {
    this.appendErrors.inc();
  }

  commanded(name: string, outcome: string): void {
    this.commands.inc({ name, outcome });
  }

  readonly subscriptionLost = (): void => {
    this.subscriptionsLost.inc();
  };

  /** What is not known is not shown. */
  projectionBehind(projection: string, { lagEvents, lagMs }: Lag): void {
    if (lagEvents === null) this.lag.remove({ projection });
    else this.lag.set({ projection }, lagEvents);
    if (lagMs === null) this.lagSeconds.remove({ projection });
    else this.lagSeconds.set({ projection }, lagMs / 1_000);
  }

  storeAnswers(does: boolean): void {
    this.up.set(does ? 1 : 0);
  }

  storeIs(state: 'writable' | 'read_only'): void {
    this.readOnly.set(state === 'read_only' ? 1 : 0);
  }

  vaultIs(state: 'writable' | 'read_only'): void {
    this.vaultReadOnly.set(state === 'read_only' ? 1 : 0);
  }

  webhooksAre(pending: number, givenUp: number): void {
    this.webhookDeliveries.set({ state: 'pending' }, pending);
    this.webhookDeliveries.set({ state: 'given_up' }, givenUp);
  }
}
