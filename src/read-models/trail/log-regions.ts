import type { AccountId } from '../../custody/account/account-id.js';
import { REGISTER_STREAM } from '../../custody/facilities/facility-events.js';
import { decodeEvent } from '../../event-store/codec/event-codec.js';
import type { Recorded } from '../../event-store/codec/ledger-event.js';
import type { EventStore } from '../../event-store/event-store.js';
import { ReadModelDatabase } from '../read-model-database.js';
import type { Scope } from '../scope.js';
import { REGION_TABLE, RegionTree } from '../stock/region-tree.js';

/**
 * Which regions hold an account, by the register as far as it was read in the log. For those who read
 * the log itself: its read models may be behind what they have in hand. The regions are today's, whenever
 * an event was recorded.
 */
export class LogRegions {
  readonly #database = ReadModelDatabase.open(':memory:');
  readonly #tree: RegionTree;
  #revision = -1n;

  private constructor() {
    this.#database.exec(REGION_TABLE.ddl);
    this.#tree = new RegionTree(this.#database);
  }

  /** As the register stands now. */
  static async open(store: EventStore): Promise<LogRegions> {
    const regions = new LogRegions();
    await regions.readOn(store);
    return regions;
  }

  /** Takes in what the register has had since. */
  async readOn(store: EventStore): Promise<void> {
    for await (const batch of store.readStream(REGISTER_STREAM, { from: this.#revision + 1n }))
      for (const recorded of batch) this.take(decodeEvent(recorded));
  }

  /** An event of any stream, in the order of the log; what is known already changes nothing. */
  take(event: Recorded): void {
    if (event.stream !== REGISTER_STREAM || event.revision <= this.#revision) return;
    this.#revision = event.revision;
    if (event.type === 'FacilityOpened' || event.type === 'FacilityMoved') this.#tree.take(event);
  }

  holds({ isNation, facilityId }: Scope, account: AccountId): boolean {
    return isNation || this.#tree.regionsOf(account).includes(facilityId);
  }

  close(): void {
    this.#database.close();
  }
}
