import type { Command } from '@nestjs/cqrs';
import type { CommandEnvelope } from '../commands/command-envelope.js';
import type { CommandResult } from '../commands/command-executor.js';
import type { Approval, Officer } from '../custody/account/events.js';
import type { OccurredAt } from '../custody/occurrence.js';
import { assert } from '../custody/assert.js';
import type { SerialNumber } from '../custody/serials/serial-number.js';
import { SerialPile } from './serial-pile.js';

const WIB_OFFSET_MS = 7 * 3_600_000;

/** Milliseconds since the epoch of a local time in Jakarta, `2017-03-22T10:00`. */
export function instantOf(local: string): number {
  return Date.parse(`${local}:00Z`) - WIB_OFFSET_MS;
}

/** The local time in Jakarta `minutes` later (or earlier), to the minute. */
export function later(local: string, minutes: number): string {
  return new Date(Date.parse(`${local}:00Z`) + minutes * 60_000).toISOString().slice(0, 16);
}

/** A local time in Jakarta as the officer states it. */
export function stated(local: string): OccurredAt {
  return { value: local, precision: 'minute', zone: 'Asia/Jakarta' };
}

/** As an instant with its offset. */
export function withOffset(local: string): string {
  return `${local}:00+07:00`;
}

/** What a story knows of one account while it is told. */
export class Books {
  readonly usable = new SerialPile();
  readonly invalid = new SerialPile();
  /** Events in the account's stream so far. */
  events = 0;
  shipmentsSent = 0;
  readonly issued: SerialNumber[] = [];
}

/** One command of a story, without its envelope. */
export interface Entry {
  /** The account written to: commands on one account are given one after the other. */
  readonly account: string;
  /** What happened, for the command id. */
  readonly what: string;
  readonly actor: Officer;
  /** Who approves it, where a second person does. */
  readonly approver?: Officer;
  readonly command: (envelope: CommandEnvelope, approval: Approval | null) => StoryCommand;
  /** Called with the id of the command's last event; commands of later moments may name it. */
  readonly onRecorded?: (eventId: string) => void;
}

type StoryCommand = Command<CommandResult>;

export interface PlannedEntry extends Entry {
  readonly commandId: string;
}

/** Entries recorded at one time; those of different accounts do not depend on each other. */
export interface Moment {
  /** Local time in Jakarta. */
  readonly at: string;
  readonly entries: readonly PlannedEntry[];
}

/**
 * A story in the making: pure, so that all of it is settled before the first command is given.
 * It must be told in the order of time.
 */
export class Story {
  readonly #moments: { at: string; entries: PlannedEntry[] }[] = [];
  readonly #books = new Map<string, Books>();
  readonly #counters = new Map<string, number>();

  constructor(readonly name: string) {}

  get moments(): readonly Moment[] {
    return this.#moments;
  }

  get size(): number {
    return this.#moments.reduce((sum, { entries }) => sum + entries.length, 0);
  }

  booksOf(account: string): Books {
    const known = this.#books.get(account);
    if (known !== undefined) return known;
    const books = new Books();
    this.#books.set(account, books);
    return books;
  }

  /** Adds an entry recorded at `at` that appends `events` events to its account's stream. */
  tell(at: string, entry: Entry, events = 1): void {
    const last = this.#moments.at(-1);
    assert(last === undefined || last.at <= at, 'a story is told in the order of time');
    const key = `${entry.account}/${entry.what}`;
    const nth = (this.#counters.get(key) ?? 0) + 1;
    this.#counters.set(key, nth);
    const planned = { ...entry, commandId: `${this.name}/${key}/${nth}` };
    this.booksOf(entry.account).events += events;
    if (last?.at === at) last.entries.push(planned);
    else this.#moments.push({ at, entries: [planned] });
  }
}

/** A command's body, as the request that carries it would have been read. */
export function bodyOf<T extends object>(type: new () => T, fields: Plain<T>): T {
  return Object.assign(new type(), fields);
}

/** The fields of a body, without its class. */
export type Plain<T> = T extends readonly (infer I)[]
  ? Plain<I>[]
  : T extends object
    ? { readonly [K in keyof T]: Plain<T[K]> }
    : T;

/** The officer who keeps an account. */
export function officerOf(facilityId: string): Officer {
  return { id: `petugas-${facilityId}`, role: 'custodian', facilityId };
}

/** The head of an office, who approves. */
export function headOf(facilityId: string): Officer {
  return { id: `kepala-${facilityId}`, role: 'approver', facilityId };
}

/** Who enters for a vendor, with an account at the central store. */
export const VENDOR_OFFICER: Officer = { id: 'penyedia-00', role: 'vendor', facilityId: '00' };
export const MINISTRY_OFFICER: Officer = {
  id: 'pengadaan-00',
  role: 'ministry',
  facilityId: '00',
};
