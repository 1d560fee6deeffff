import { type Nik, parseNik } from '../../src/access/subject-vault/nik.js';

export function nik(text: string): Nik {
  const parsed = parseNik(text);
  if (typeof parsed === 'string') throw new Error(parsed);
  return parsed;
}

/** The `index`th of many people, from 1 to 250,000. */
export function person(index: number): Nik {
  const day = String(1 + Math.floor((index - 1) / 9_000)).padStart(2, '0');
  return nik(`317101${day}0190${String(1 + ((index - 1) % 9_000)).padStart(4, '0')}`);
}

/** The first `count` of them. */
export function people(count: number): Nik[] {
  return Array.from({ length: count }, (_none, index) => person(index + 1));
}
