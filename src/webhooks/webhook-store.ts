import { randomUUID, type KeyObject } from 'node:crypto';
import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite';
import { seal, unseal } from '../access/subject-vault/authenticated-cipher.js';
import type { Officer } from '../custody/account/events.js';
import { openWebhookFile } from './webhook-file.js';
import {
  WebhooksFault,
  type DeadLetter,
  type Delivery,
  type Webhook,
  type WebhookRequest,
} from './webhook.js';

type Row = Readonly<Record<string, SQLOutputValue>>;

/** An event to be delivered, before it is queued. */
export type Wanted = Pick<Delivery, 'position' | 'lane' | 'eventId' | 'eventType'>;

const KEY_CHECK = Buffer.from('blangko webhooks');
const PENDING = 'given_up_at IS NULL';
const COUNTS = `
  (SELECT count(*) FROM delivery WHERE webhook = webhook.id AND ${PENDING}) AS pending,
  (SELECT count(*) FROM delivery WHERE webhook = webhook.id AND NOT ${PENDING}) AS dead`;

/** What is known of webhooks, in a file; secrets are sealed with a key of their own. */
export class WebhookStore {
  readonly #statements = new Map<string, StatementSync>();

  private constructor(
    private readonly database: DatabaseSync,
    private readonly key: KeyObject | null,
  ) {}

  /** @throws {WebhooksFault} the file is something else, or was sealed with another key */
  static open(file: string, key: KeyObject): WebhookStore {
    const store = new WebhookStore(openWebhookFile(file, 'writer'), key);
    try {
      store.#checkKey(file, key);
      return store;
    } catch (error) {
      store.close();
      throw error;
    }
  }

  /** To look on beside whoever delivers; knows no secret. */
  static openReader(file: string): WebhookStore {
    return new WebhookStore(openWebhookFile(file, 'reader'), null);
  }

  /** Durable when it returns: the secret is told once. */
  add(request: WebhookRequest, secret: string, by: Officer, at: Date, position: bigint): Webhook {
    const id = randomUUID();
    const { url, within, types, description } = request;
    this.#durably(() => {
      this.#run(
        'INSERT INTO webhook VALUES (?, ?, ?, ?, ?, 0, NULL, ?, ?, ?, ?, 0, NULL, NULL)',
        ...[id, url, within, types === null ? null : types.join(','), description],
        ...[this.#seal(id, secret), at.toISOString(), JSON.stringify(by), position],
      );
    });
    const added = this.get(id);
    if (added === null) throw new Error('a webhook that was added is not there');
    return added;
  }

  all(): readonly Webhook[] {
    return this.#all(`SELECT *, ${COUNTS} FROM webhook ORDER BY created_at, id`).map(webhookOf);
  }

  get(id: string): Webhook | null {
    const [row] = this.#all(`SELECT *, ${COUNTS} FROM webhook WHERE id = ?`, id);
    return row === undefined ? null : webhookOf(row);
  }

  /** @throws {WebhooksFault} it was sealed otherwise */
  secretOf(id: string): string {
    const [row] = this.#all('SELECT secret FROM webhook WHERE id = ?', id);
    const sealed = row?.secret;
    const secret =
      sealed instanceof Uint8Array && this.key !== null
        ? unseal(this.key, sealed, Buffer.from(id))
        : null;
    if (secret === null) throw new WebhooksFault(`the secret of webhook ${id} cannot be read`);
    return secret.toString('utf8');
  }

  setPaused(id: string, isPaused: boolean, because: string | null): void {
    this.#durably(() => {
      const sql = 'UPDATE webhook SET is_paused = ?, paused_because = ? WHERE id = ?';
      this.#run(sql, isPaused ? 1 : 0, because, id);
    });
  }

  remove(id: string): void {
    this.#durably(() => {
      this.#run('DELETE FROM delivery WHERE webhook = ?', id);
      this.#run('DELETE FROM webhook WHERE id = ?', id);
    });
  }

  /** Queues what is wanted up to a position, and that the log was read to there, or neither. */
  enqueue(webhook: string, wanted: readonly Wanted[], position: bigint, now: number): Delivery[] {
    return this.#together(() => {
      const deliveries = wanted.map((it) => {
        const delivery = { ...it, id: randomUUID(), attempts: 0, firstAt: null, nextAt: now };
        this.#run(
          'INSERT INTO delivery VALUES (?, ?, ?, ?, ?, ?, 0, NULL, ?, NULL, NULL)',
          ...[webhook, it.position, delivery.id, it.lane, it.eventId, it.eventType, now],
        );
        return delivery;
      });
      this.#run('UPDATE webhook SET position = ? WHERE id = ?', position, webhook);
      return deliveries;
    });
  }

  pending(webhook: string): readonly Delivery[] {
    const sql = `SELECT * FROM delivery WHERE webhook = ? AND ${PENDING} ORDER BY position`;
    return this.#all(sql, webhook).map(deliveryOf);
  }

  delivered(webhook: string, { position }: Delivery, at: Date): void {
    this.#together(() => {
      this.#run('DELETE FROM delivery WHERE webhook = ? AND position = ?', webhook, position);
      const sql = `UPDATE webhook SET delivered = delivered + 1, last_delivered_at = ? WHERE id = ?`;
      this.#run(sql, at.toISOString(), webhook);
    });
  }

  failed(webhook: string, next: Delivery, failure: string, at: Date): void {
    this.#together(() => {
      const { attempts, firstAt, nextAt, position } = next;
      this.#run(
        `UPDATE delivery SET attempts = ?, first_at = ?, next_at = ?, failure = ?
         WHERE webhook = ? AND position = ?`,
        ...[attempts, firstAt, nextAt, failure, webhook, position],
      );
      this.#tell(webhook, failure, at);
    });
  }

  givenUp(webhook: string, last: Delivery, failure: string, at: Date): void {
    this.#durably(() => {
      const { attempts, firstAt, position } = last;
      this.#run(
        `UPDATE delivery SET attempts = ?, first_at = ?, failure = ?, given_up_at = ?
         WHERE webhook = ? AND position = ?`,
        ...[attempts, firstAt, failure, at.toISOString(), webhook, position],
      );
      this.#tell(webhook, failure, at);
    });
  }

  /** In the order of the log, behind a position; at most so many. */
  deadLetters(webhook: string, after: bigint, limit: number): readonly DeadLetter[] {
    return this.#all(
      `SELECT * FROM delivery WHERE webhook = ? AND NOT ${PENDING} AND position > ?
       ORDER BY position LIMIT ?`,
      ...[webhook, after, limit],
    ).map(deadLetterOf);
  }

  /** Queues one anew that was given up; null when there is no such one. */
  redeliver(webhook: string, id: string, now: number): Delivery | null {
    return this.#durably(() => {
      const sql = `SELECT * FROM delivery WHERE webhook = ? AND id = ? AND NOT ${PENDING}`;
      const [row] = this.#all(sql, webhook, id);
      if (row === undefined) return null;
      this.#run(
        `UPDATE delivery SET attempts = 0, first_at = NULL, next_at = ?, given_up_at = NULL
         WHERE id = ?`,
        ...[now, id],
      );
      return { ...deliveryOf(row), attempts: 0, firstAt: null, nextAt: now };
    });
  }

  close(): void {
    this.#statements.clear();
    this.database.close();
  }

  #tell(webhook: string, failure: string, at: Date): void {
    const text = `${at.toISOString()} ${failure}`;
    this.#run('UPDATE webhook SET last_failure = ? WHERE id = ?', text, webhook);
  }

  #seal(id: string, secret: string): Buffer {
    if (this.key === null) throw new Error('a reader of webhooks seals nothing');
    return seal(this.key, Buffer.from(secret, 'utf8'), Buffer.from(id));
  }

  #checkKey(file: string, key: KeyObject): void {
    const [row] = this.#all('SELECT sealed FROM key_check');
    if (row === undefined) {
      const sealed = seal(key, KEY_CHECK, KEY_CHECK);
      this.#durably(() => {
        this.#run('INSERT INTO key_check VALUES (1, ?)', sealed);
      });
      return;
    }
    const isOurs = row.sealed instanceof Uint8Array && unseal(key, row.sealed, KEY_CHECK) !== null;
    if (!isOurs) throw new WebhooksFault(`${file} was sealed with another key than the vault's`);
  }

  #durably<T>(work: () => T): T {
    this.database.exec('PRAGMA synchronous = FULL');
    try {
      return this.#together(work);
    } finally {
      this.database.exec('PRAGMA synchronous = NORMAL');
    }
  }

  #together<T>(work: () => T): T {
    this.database.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.database.exec('COMMIT');
      return result;
    } catch (error) {
      if (this.database.isTransaction) this.database.exec('ROLLBACK');
      throw error;
    }
  }

  #run(sql: string, ...values: readonly SQLInputValue[]): void {
    this.#prepare(sql).run(...values);
  }

  #all(sql: string, ...values: readonly SQLInputValue[]): readonly Row[] {
    return this.#prepare(sql).all(...values);
  }

  #prepare(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.database.prepare(sql);
    // Positions may be larger than a number can hold.
    statement.setReadBigInts(true);
    this.#statements.set(sql, statement);
    return statement;
  }
}

function textOrNull(value: SQLOutputValue | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

function webhookOf(row: Row): Webhook {
  return {
    id: String(row.id),
    url: String(row.url),
    within: textOrNull(row.within),
    types: textOrNull(row.types)?.split(',') ?? null,
    description: String(row.description),
    isPaused: row.is_paused === 1n,
    pausedBecause: textOrNull(row.paused_because),
    createdAt: String(row.created_at),
    createdBy: JSON.parse(String(row.created_by)) as Officer,
    position: String(row.position),
    pending: Number(row.pending),
    deadLetters: Number(row.dead),
    delivered: Number(row.delivered),
    lastDeliveredAt: textOrNull(row.last_delivered_at),
    lastFailure: textOrNull(row.last_failure),
  };
}

function deliveryOf(row: Row): Delivery {
  return {
    id: String(row.id),
    position: BigInt(String(row.position)),
    lane: String(row.lane),
    eventId: String(row.event_id),
    eventType: String(row.event_type),
    attempts: Number(row.attempts),
    firstAt: row.first_at === null ? null : Number(row.first_at),
    nextAt: Number(row.next_at),
  };
}

function deadLetterOf(row: Row): DeadLetter {
  return {
    deliveryId: String(row.id),
    position: String(row.position),
    account: String(row.lane),
    eventId: String(row.event_id),
    type: String(row.event_type),
    attempts: Number(row.attempts),
    givenUpAt: String(row.given_up_at),
    failure: String(row.failure),
  };
}
