import { inspect } from 'node:util';

/** Why a text is no NIK. The text itself is never part of an answer. */
export type NikRefusal =
  'nik_not_16_digits' | 'nik_region_implausible' | 'nik_birth_date_invalid' | 'nik_serial_zero';

const MASK = '[NIK]';
const LOWEST_PROVINCE = 11;
/** Women's day of birth is written 41 to 71. */
const WOMEN_DAY_OFFSET = 40;
const DAYS_OF_MONTH = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * A resident's number (nomor induk kependudukan): six digits of region, the date of birth as
 * DDMMYY with 40 added to the day for women, and a serial number. Made only by {@link parseNik}.
 *
 * It shows itself to nobody: text, JSON and inspection all give `[NIK]`, so that a log line, an
 * error or a debugger's dump cannot carry the digits away by accident.
 */
export class Nik {
  readonly #digits: string;

  private constructor(digits: string) {
    this.#digits = digits;
  }

  /** @see parseNik */
  static parse(text: string): Nik | NikRefusal {
    if (!/^[0-9]{16}$/.test(text)) return 'nik_not_16_digits';
    if (Number(text.slice(0, 2)) < LOWEST_PROVINCE) return 'nik_region_implausible';
    if (!isBirthDate(text.slice(6, 12))) return 'nik_birth_date_invalid';
    if (text.endsWith('0000')) return 'nik_serial_zero';
    return new Nik(text);
  }

  /** The digits. Only the vault may ask; `nik.spec.ts` holds the rest of the source to that. */
  reveal(): string {
    return this.#digits;
  }

  toString(): string {
    return MASK;
  }

  toJSON(): string {
    return MASK;
  }

  [inspect.custom](): string {
    return MASK;
  }
}

/** Two digits cannot say the century, so 29 February stands for 00 (2000 was a leap year) too. */
function isBirthDate(ddmmyy: string): boolean {
  const written = Number(ddmmyy.slice(0, 2));
  const day = written > WOMEN_DAY_OFFSET ? written - WOMEN_DAY_OFFSET : written;
  const month = Number(ddmmyy.slice(2, 4));
  const year = Number(ddmmyy.slice(4, 6));
  const days = month === 2 && year % 4 !== 0 ? 28 : (DAYS_OF_MONTH[month - 1] ?? 0);
  return day >= 1 && day <= days;
}

/**
 * Checks the form of a NIK: 16 ASCII digits, a province of 11 to 99, a day of the calendar in 19YY
 * or 20YY, and a serial number other than 0000. Whether such a resident exists it cannot tell.
 */
export function parseNik(text: string): Nik | NikRefusal {
  return Nik.parse(text);
}
