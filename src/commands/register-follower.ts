import { REGISTER_STREAM, type FacilityEvent } from '../custody/facilities/facility-events.js';
import { decidePublishRegister } from '../custody/facilities/facility-decisions.js';
import { FacilityRegister } from '../custody/facilities/facility-register.js';
import type { PublishedRegister } from '../custody/facilities/published-register.js';
import { decodeEvent } from '../event-store/codec/event-codec.js';
import type { EventStore, RecordedEvent } from '../event-store/event-store.js';
import { isFacilityEvent } from './aggregates.js';
import type { CommandExecutor } from './command-executor.js';

/** Keeps this process's register of facilities at the state of its stream. */
export class RegisterFollower {
  readonly register: FacilityRegister;
  private count = 0n;
  private readonly ending = new AbortController();
  private following: Promise<void> = Promise.resolve();
  private failure: Error | null = null;

  constructor(
    private readonly store: EventStore,
    published: PublishedRegister,
  ) {
    this.register = FacilityRegister.seed(published);
  }

  /** Why the register no longer follows its stream, or null while it does. */
  get haltedBy(): string | null {
    return this.failure?.message ?? null;
  }

  /** Reads the stream to its end, then follows it. @throws {RegisterMismatch} the log began with another register */
  async start(): Promise<void> {
    await this.catchUp();
    this.following = this.follow().catch((error: unknown) => {
      this.failure = error instanceof Error ? error : new Error(String(error));
    });
  }

  async catchUp(): Promise<void> {
    for await (const batch of this.store.readStream(REGISTER_STREAM, { from: this.count }))
      batch.forEach(this.take);
  }

  /** The first event of a new ledger: which published register it begins with. */
  async publish(executor: CommandExecutor): Promise<void> {
    if (this.register.isPublished) return;
    const decision = decidePublishRegister(this.register, { note: '', documents: [] });
    if (!decision.ok)
      throw new Error(`the register cannot be published: ${decision.rejection.message}`);
    const { sha256 } = this.register.published;
    await executor.execute<null, FacilityEvent>({
      name: 'PublishRegister',
      stream: REGISTER_STREAM,
      aggregate: { initial: () => null, evolve: (state) => state },
      envelope: {
        commandId: `publish-register-${sha256.slice(0, 16)}`,
        actor: { id: 'ledger', role: 'system', facilityId: '00' },
        capture: null,
        correlationId: `publish-register-${sha256.slice(0, 16)}`,
        causationId: null,
      },
      command: { sha256 },
      approval: null,
      decide: () => decision,
    });
    await this.catchUp();
  }

  async stop(): Promise<void> {
    this.ending.abort();
    await this.following;
  }

  private async follow(): Promise<void> {
    const { signal } = this.ending;
    const subscription = this.store.subscribeAll({ streamPrefixes: [REGISTER_STREAM], signal });
    for await (const message of subscription) {
      if (message.kind === 'events') message.events.forEach(this.take);
    }
  }

  private readonly take = (recorded: RecordedEvent): void => {
    if (recorded.stream !== REGISTER_STREAM || recorded.revision !== this.count) return;
    const event = decodeEvent(recorded);
    if (!isFacilityEvent(event))
      throw new Error(`${event.type} stands in the register of facilities`);
    this.register.apply(event);
    this.count += 1n;
  };
}
