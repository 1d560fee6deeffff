import { InvariantViolation } from '../../custody/assert.js';
import type { AccountId } from '../../custody/account/account-id.js';
import {
  emptyAccount,
  evolveAccount,
  type CustodyAccount,
} from '../../custody/account/custody-account.js';
import type { AccountState, CustodyEvent } from '../../custody/account/events.js';
import { decodeEventStrict } from '../../event-store/codec/event-codec.js';
import type { Recorded } from '../../event-store/codec/ledger-event.js';
import { LogCorrupt, type EventStore, type RecordedEvent } from '../../event-store/event-store.js';
import { logProgress, type OnProgress } from '../log-progress.js';
import { accountEntry, type Projection } from '../projection.js';
import { PROJECTIONS } from '../projections.js';
import {
  MAX_DIFFERENCES,
  type AuditCheck,
  type AuditDifference,
  type AuditReport,
} from './audit-report.js';
import { EventOrder } from './event-order.js';
import { NationalBooks, textOf } from './national-books.js';
import { ReadModelAudit } from './read-model-audit.js';
import { ReversalAudit } from './reversal-audit.js';

export interface AuditOptions {
  readonly store: EventStore;
  /** File of the read models to compare, or null for none. */
  readonly readModelsFile: string | null;
  /** Called for each batch read. */
  readonly onProgress?: OnProgress | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly projections?: readonly Projection[] | undefined;
}

/**
 * Reads the whole log once and recomputes every invariant of the domain from it: see `AuditCheck`.
 * Trusts nothing but the log: neither read models nor the checks made when events were written.
 * @throws the signal's reason when it aborts
 */
export async function auditLedger(options: AuditOptions): Promise<AuditReport> {
  const { store, readModelsFile, projections = PROJECTIONS } = options;
  const models = readModelsFile === null ? null : ReadModelAudit.open(readModelsFile, projections);
  try {
    return await new Audit(store, models).run(options);
  } finally {
    models?.close();
  }
}

class Audit {
  readonly #differences: AuditDifference[] = [];
  readonly #books = new NationalBooks();
  readonly #accounts = new Map<AccountId, CustodyAccount>();
  /** Folded no further: what follows a broken entry could only be broken too. */
  readonly #broken = new Set<AccountId>();
  /** A fault was found in an entry of theirs, so their two states differ for a reason known already. */
  readonly #faulty = new Set<AccountId>();
  readonly #order: EventOrder;
  readonly #reversals: ReversalAudit;
  #differenceCount = 0;
  #events = 0;
  #last: bigint | null = null;

  constructor(
    store: EventStore,
    private readonly models: ReadModelAudit | null,
  ) {
    this.#order = new EventOrder(store);
    this.#reversals = new ReversalAudit(store);
  }

  async run({ store, onProgress, signal }: AuditOptions): Promise<AuditReport> {
    const progress = logProgress(store, await store.head(), onProgress);
    for await (const batch of store.readAll({ signal })) {
      const decoded: Recorded[] = [];
      for (const recorded of batch) {
        const event = await this.#read(recorded);
        if (event !== null) decoded.push(event);
      }
      this.models?.take(decoded);
      this.#events += batch.length;
      progress(this.#events, this.#last ?? 0n);
    }
    return this.#report();
  }

  /** Checks one event; null when it cannot be read. */
  async #read(recorded: RecordedEvent): Promise<Recorded | null> {
    this.models?.compareStock(this.#books, recorded.position);
    for (const fault of await this.#order.faultsOf(recorded)) this.#differ(fault, recorded);
    this.#last = recorded.position;
    const provenance = provenanceFault(recorded);
    if (provenance !== null) this.#differ(provenance, recorded);
    let event: Recorded;
    try {
      event = decodeEventStrict(recorded);
    } catch (error) {
      if (!(error instanceof LogCorrupt)) throw error;
      if (provenance === null)
        this.#differ(fault('stored_form', recorded.type, 'readable', error.message), recorded);
      return null;
    }
    const entry = accountEntry(event);
    if (entry !== null) await this.#post(entry.account, entry.event);
    return event;
  }

  async #post(account: AccountId, event: Recorded<CustodyEvent>): Promise<void> {
    const faults: Fault[] = [
      ...this.#books.take(account, event),
      ...(await this.#reversals.faultsOf(event)),
    ];
    const broken = this.#evolve(account, event);
    if (broken !== null && faults.length === 0) faults.push(broken);
    if (faults.length > 0) this.#faulty.add(account);
    for (const it of faults) this.#differ(it, event);
  }

  /** Folds the account by the rules of the write side, which assert that the entry is legal. */
  #evolve(account: AccountId, event: CustodyEvent): Fault | null {
    if (this.#broken.has(account)) return null;
    const before = this.#accounts.get(account) ?? emptyAccount(account);
    try {
      const after = evolveAccount(before, event);
      this.#accounts.set(account, after);
      return event.type === 'BlanksProduced' ? productionFault(before, after) : null;
    } catch (error) {
      if (!(error instanceof InvariantViolation)) throw error;
      this.#broken.add(account);
      return fault('account_rules', `${event.type} in ${account}`, 'a legal entry', error.message);
    }
  }

  #report(): AuditReport {
    this.models?.compareStock(this.#books, null);
    this.models?.finish(this.#last);
    this.#compareAccounts();
    const books = this.#books.close();
    for (const { batch, balance } of books) {
      if (balance !== 0)
        this.#differ(
          fault('conservation', `balance of batch ${batch}`, '0', String(balance)),
          null,
        );
    }
    for (const difference of this.models?.differences ?? []) this.#keep(difference);
    return {
      position: this.#last === null ? null : String(this.#last),
      events: this.#events,
      accounts: this.#order.accounts,
      books,
      rowsCompared: this.models?.rowsCompared ?? null,
      differences: this.#differences,
      differenceCount: this.#differenceCount,
    };
  }

  /** Account by account, what the write side folds against the nation's books. */
  #compareAccounts(): void {
    for (const [id, account] of this.#accounts) {
      if (this.#faulty.has(id)) continue;
      const books = this.#books.booksOf(id);
      for (const state of Object.keys(books) as AccountState[]) {
        if (books[state].equals(account[state])) continue;
        const [expected, actual] = [textOf(books[state]), textOf(account[state])];
        this.#differ(fault('one_place', `${state} of ${id}`, expected, actual), null);
      }
    }
  }

  #differ(
    { check, what, expected, actual }: Fault,
    at: Pick<RecordedEvent, 'stream' | 'revision' | 'position'> | null,
  ): void {
    this.#keep({
      check,
      what,
      stream: at?.stream ?? null,
      revision: at === null ? null : String(at.revision),
      position: at === null ? null : String(at.position),
      expected,
      actual,
    });
  }

  #keep(difference: AuditDifference): void {
    this.#differenceCount += 1;
    if (this.#differences.length < MAX_DIFFERENCES) this.#differences.push(difference);
  }
}

type Fault = Pick<AuditDifference, 'check' | 'what' | 'expected' | 'actual'>;

function fault(check: AuditCheck, what: string, expected: string, actual: string): Fault {
  return { check, what, expected, actual };
}

/** Production within the contract, and before the batch is closed. */
function productionFault(before: CustodyAccount, { batch }: CustodyAccount): Fault | null {
  if (batch === null) return null;
  const { produced, quantityContracted, serialMax } = batch;
  const outside = [...produced.ranges()].find(({ last }) => last > serialMax);
  if (outside !== undefined)
    return fault('account_rules', 'serials', `up to ${serialMax}`, String(outside.last));
  if (produced.size > quantityContracted) {
    const [expected, actual] = [`at most ${quantityContracted}`, String(produced.size)];
    return fault('account_rules', 'blanks produced under the contract', expected, actual);
  }
  return before.batch?.isClosed === true
    ? fault('account_rules', 'production of a closed batch', 'none', String(produced.size))
    : null;
}

/** Who, by which command, and when: looked at in the raw event, before anything is decoded. */
function provenanceFault({ metadata }: RecordedEvent): Fault | null {
  const { actor, commandId, recordedAt } = metadata;
  const officer = (typeof actor === 'object' && actor !== null ? actor : {}) as Readonly<
    Record<string, unknown>
  >;
  const absent = [
    ...['id', 'role', 'facilityId'].filter((it) => !isText(officer[it])).map((it) => `actor.${it}`),
    ...(isText(commandId) ? [] : ['commandId']),
    ...(isText(recordedAt) && !Number.isNaN(Date.parse(recordedAt)) ? [] : ['recordedAt']),
  ];
  if (absent.length === 0) return null;
  return fault(
    'provenance',
    'metadata',
    'actor, commandId and recordedAt',
    `no ${absent.join(', ')}`,
  );
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
