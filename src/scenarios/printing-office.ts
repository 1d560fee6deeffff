import { IssueBlanksBody, IssueBlanksCommand } from '../commands/issue-blanks.command.js';
import { SurrenderCardBody, SurrenderCardCommand } from '../commands/surrender-card.command.js';
import type { SurrenderReason } from '../custody/account/events.js';
import { MAX_ISSUANCES } from '../custody/account/issue-blanks.js';
import { formatSerialNumber, type SerialNumber } from '../custody/serials/serial-number.js';
import type { SerialRange } from '../custody/serials/serial-range.js';
import { spoil } from './counter.js';
import type { Regency } from './national-2017-allotment.js';
import type { Quota } from './residents-waiting.js';
import type { SeededRandom } from './seeded-random.js';
import { bodyOf, officerOf, stated, type Story } from './story.js';

/** Cards of the last printing that may come back soon. */
const CARDS_AT_HAND = 2;
/** With less an office takes no card back, so that the next printing surely replaces it. */
const FEWEST_TO_REPLACE_FROM = 20;
const LEAST_SPOILAGE = 0.01;
const MOST_SPOILAGE = 0.02;

/** Births are spread over 28 days, both sexes, 12 months and 50 years. */
const DAYS = 28;
const SEXES = 2;
const MONTHS = 12;
const YEARS = 50;
const FIRST_YEAR = 50;
const WOMEN_DAY_OFFSET = 40;
const SERIALS_OF_A_DAY = 9_999;
/** Shares no factor with the number of births, so that neighbours differ in all parts of the date. */
const BIRTH_STEP = 7_919;

/**
 * The number of the nth resident (from 0) of a regency, made up but of the right form; no two of the
 * first 100,000 of a regency are the same.
 */
export function syntheticNik(regency: string, nth: number): string {
  const births = DAYS * SEXES * MONTHS * YEARS;
  let birth = (nth * BIRTH_STEP + Math.floor(nth / SERIALS_OF_A_DAY)) % births;
  const part = (of: number): number => {
    const digit = birth % of;
    birth = Math.floor(birth / of);
    return digit;
  };
  const day = 1 + part(DAYS) + WOMEN_DAY_OFFSET * part(SEXES);
  const parts = [day, 1 + part(MONTHS), FIRST_YEAR + part(YEARS)];
  const date = parts.map((it) => String(it).padStart(2, '0')).join('');
  const serial = String((nth % SERIALS_OF_A_DAY) + 1).padStart(4, '0');
  return `${regency.replaceAll('.', '')}01${date}${serial}`;
}

/** Told from the serial number, and as unique: multiplication by an odd number loses nothing. */
function chipUidOf({ number }: SerialNumber): string {
  const mixed = Math.imul(number, 0x9e3779b1) >>> 0;
  const hex = mixed.toString(16).padStart(8, '0') + (number & 0xffff).toString(16).padStart(4, '0');
  return `04${hex.toUpperCase()}`;
}

/** A card in the hands of the nth resident of its regency. */
interface CardInUse {
  readonly serial: SerialNumber;
  readonly resident: number;
}

/** Cards printed by one command; what is said of each is made up only when the command is given. */
interface Lot {
  readonly ranges: readonly SerialRange[];
  /** The first cards of the lot go to the holders of these, which have been handed in. */
  readonly replaced: readonly CardInUse[];
  /** The others go to residents from this one on. */
  readonly firstResident: number;
  readonly quotas: readonly Quota[];
}

function* cardsOf({ ranges, replaced, firstResident }: Lot): Generator<CardInUse> {
  let at = 0;
  for (const { batch, first, last } of ranges) {
    for (let number = first; number <= last; number++, at++) {
      const resident = replaced[at]?.resident ?? firstResident + at - replaced.length;
      yield { serial: { batch, number }, resident };
    }
  }
}

function lastOf(lot: Lot): CardInUse[] {
  return [...cardsOf(lot)].slice(-CARDS_AT_HAND);
}

/** Residents of a regency are numbered in the order in which they got their first card of the story. */
export class ResidentsServed {
  #count = 0;

  take(count: number): number {
    this.#count += count;
    return this.#count - count;
  }
}

/** An office that prints cards, and what it remembers from one printing to the next. */
export class PrintingOffice {
  /** Printed last, and still with their holders. */
  #latest: CardInUse[] = [];
  /** Handed in, their holders waiting for the next printing. */
  #handedIn: CardInUse[] = [];

  constructor(
    private readonly story: Story,
    readonly id: string,
    private readonly regency: Regency,
    private readonly served: ResidentsServed,
    private readonly random: SeededRandom,
  ) {}

  get usable(): number {
    return this.story.booksOf(this.id).usable.size;
  }

  /** Some holders of the latest cards hand them in damaged; they get new ones at the next printing. */
  takeBackDamaged(at: string): void {
    const { waiting } = this.regency;
    const wanted = this.random.whole(0, CARDS_AT_HAND);
    if (this.usable < FEWEST_TO_REPLACE_FROM) return;
    for (let nth = 0; nth < wanted && waiting.of('damaged') > 0; nth++) {
      const card = this.#surrenderLatest(at, 'damaged', null);
      if (card === null) return;
      waiting.serve('damaged', 1);
      this.#handedIn.push(card);
    }
  }

  /** The latest card, {@link latest}, comes back by way of a finding. */
  surrenderFound(at: string, finding: string, onRecorded: (eventId: string) => void): void {
    this.#surrenderLatest(at, 'found', finding, onRecorded);
  }

  /** The card that would be handed in next, if there is one. */
  get latest(): SerialNumber | null {
    return this.#latest.at(-1)?.serial ?? null;
  }

  /** Spoils what a printing of `portion` blanks spoils. How many are left of the portion. */
  spoilSome(at: string, portion: number): number {
    const rate = LEAST_SPOILAGE + this.random.next() * (MOST_SPOILAGE - LEAST_SPOILAGE);
    // Rounded by chance, so that small printings spoil their share too.
    const count = Math.min(portion, Math.floor(portion * rate + this.random.next()));
    if (count > 0) spoil(this.story, at, this.id, count, this.random);
    return portion - count;
  }

  print(at: string, count: number, isBacklogFirst: boolean): void {
    for (let left = count; left > 0; left -= MAX_ISSUANCES)
      this.#printLot(at, Math.min(left, MAX_ISSUANCES), isBacklogFirst);
  }

  #printLot(at: string, count: number, isBacklogFirst: boolean): void {
    const replaced = this.#handedIn.splice(0, count);
    const others = count - replaced.length;
    const lot: Lot = {
      ranges: this.story.booksOf(this.id).usable.take(count),
      replaced,
      firstResident: this.served.take(others),
      quotas: others === 0 ? [] : this.regency.waiting.serveAny(others, isBacklogFirst),
    };
    this.#latest = lastOf(lot);
    const entry = {
      account: this.id,
      what: 'issue',
      actor: officerOf(this.id),
      command: (envelope: ConstructorParameters<typeof IssueBlanksCommand>[0]) =>
        new IssueBlanksCommand(
          envelope,
          this.id,
          bodyOf(IssueBlanksBody, { occurredAt: stated(at), issuances: this.#issuancesOf(lot) }),
        ),
    };
    this.story.tell(at, entry, count);
  }

  #issuancesOf(lot: Lot) {
    const reasons = lot.quotas.flatMap(([reason, count]) =>
      Array.from({ length: count }, () => reason),
    );
    return Array.from(cardsOf(lot), ({ serial, resident }, at) => {
      const old = lot.replaced[at];
      return {
        serial: formatSerialNumber(serial),
        nik: syntheticNik(this.regency.id, resident),
        reason: old === undefined ? (reasons[at - lot.replaced.length] ?? 'backlog') : 'damaged',
        replaces: old === undefined ? null : formatSerialNumber(old.serial),
        chipUid: chipUidOf(serial),
      } as const;
    });
  }

  #surrenderLatest(
    at: string,
    reason: SurrenderReason,
    finding: string | null,
    onRecorded?: (eventId: string) => void,
  ): CardInUse | null {
    const card = this.#latest.pop();
    if (card === undefined) return null;
    const { batch, number } = card.serial;
    this.story.booksOf(this.id).invalid.add([{ batch, first: number, last: number }]);
    const body = { account: this.id, handedInAt: this.id, occurredAt: stated(at), reason, finding };
    this.story.tell(at, {
      account: this.id,
      what: 'surrender',
      actor: officerOf(this.id),
      command: (envelope) =>
        new SurrenderCardCommand(
          envelope,
          formatSerialNumber(card.serial),
          bodyOf(SurrenderCardBody, body),
        ),
      ...(onRecorded === undefined ? {} : { onRecorded }),
    });
    return card;
  }
}
