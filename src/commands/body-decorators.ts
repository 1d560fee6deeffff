import { applyDecorators } from '@nestjs/common';
import { Ajv, type SchemaObject } from 'ajv';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsInt,
  IsOptional,
  IsString,
  Max,
  MaxLength,
  Min,
  ValidateBy,
  ValidateNested,
} from 'class-validator';
import { Nik, parseNik } from '../access/subject-vault/nik.js';
import { isCalendarDate } from '../custody/facilities/facility.js';
import { MAX_RANGES_PER_EVENT } from '../custody/serials/serial-range.js';

/** Longest text of one field unless it says otherwise, in UTF-16 code units. */
const MAX_TEXT = 200;
const MAX_NOTE = 2_000;
/** A range as text: two batch codes' worth of room. */
const MAX_RANGE_TEXT = 64;
/** Most items of a list that is no serial set. */
const MAX_ITEMS = 100;

// Control characters are refused; in notes, line breaks and tabs are not.
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/u;
const CONTROL_IN_NOTE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/u;

function isText(value: unknown, control: RegExp): boolean {
  return typeof value === 'string' && value.isWellFormed() && !control.test(value);
}

const SIXTEEN_DIGITS = /(?<![0-9])[0-9]{16}(?![0-9])/g;

/**
 * Texts are stored for ever, and a resident's number has one place only: the subject vault. Sixteen
 * digits in a row that form a NIK are refused; digits written apart pass, as they may be anything.
 */
function WithoutNik(): PropertyDecorator {
  const validate = (value: unknown): boolean => {
    const found = typeof value === 'string' ? (value.match(SIXTEEN_DIGITS) ?? []) : [];
    return found.every((digits) => !(parseNik(digits) instanceof Nik));
  };
  const defaultMessage = (): string => '$property must not hold a NIK: it would be stored for ever';
  return ValidateBy({ name: 'isWithoutNik', validator: { validate, defaultMessage } });
}

/** Non-empty text of one line, well-formed Unicode. */
export function Text(max = MAX_TEXT): PropertyDecorator {
  const isFilled = (value: unknown): boolean =>
    isText(value, CONTROL) && (value as string).trim() !== '';
  const defaultMessage = (): string =>
    '$property must be non-empty text of one line, without control characters';
  return applyDecorators(
    MaxLength(max),
    WithoutNik(),
    ValidateBy({ name: 'isLine', validator: { validate: isFilled, defaultMessage } }),
  );
}

export function OptionalText(max = MAX_TEXT): PropertyDecorator {
  return applyDecorators(IsOptional(), Text(max));
}

/** Free text; may be empty or absent. */
export function Note(): PropertyDecorator {
  const validate = (value: unknown): boolean => isText(value, CONTROL_IN_NOTE);
  const defaultMessage = (): string => '$property must be text without control characters';
  return applyDecorators(
    IsOptional(),
    MaxLength(MAX_NOTE),
    WithoutNik(),
    ValidateBy({ name: 'isNote', validator: { validate, defaultMessage } }),
  );
}

/** A list of serial ranges as text: `2017-A/1..250000` or `2017-A/17`. */
export function Ranges(): PropertyDecorator {
  return applyDecorators(
    IsOptional(),
    IsArray(),
    ArrayMaxSize(MAX_RANGES_PER_EVENT),
    IsString({ each: true }),
    MaxLength(MAX_RANGE_TEXT, { each: true }),
  );
}

/** A list of objects, each checked as `type`. */
export function ListOf(type: () => new () => object, max = MAX_ITEMS): PropertyDecorator {
  return applyDecorators(
    IsArray(),
    ArrayMaxSize(max),
    ValidateNested({ each: true }),
    Type(type),
    IsEachObject(),
  );
}

/** Nested validation lets null and arrays pass as items; this does not. */
function IsEachObject(): PropertyDecorator {
  const isObject = (item: unknown): boolean =>
    typeof item === 'object' && item !== null && !Array.isArray(item);
  const validate = (value: unknown): boolean => Array.isArray(value) && value.every(isObject);
  return ValidateBy({
    name: 'isEachObject',
    validator: { validate, defaultMessage: () => '$property must hold objects' },
  });
}

/** One object, checked as `type`. */
export function ObjectOf(type: () => new () => object): PropertyDecorator {
  const validate = (value: unknown): boolean =>
    typeof value === 'object' && value !== null && !Array.isArray(value);
  const validator = { validate, defaultMessage: () => '$property must be an object' };
  return applyDecorators(
    ValidateNested(),
    Type(type),
    ValidateBy({ name: 'isPlainObject', validator }),
  );
}

export function OptionalObjectOf(type: () => new () => object): PropertyDecorator {
  return applyDecorators(IsOptional(), ObjectOf(type));
}

/** A whole number within bounds, both inclusive. */
export function Whole(min: number, max: number): PropertyDecorator {
  return applyDecorators(IsInt(), Min(min), Max(max));
}

/** A day of the calendar, `YYYY-MM-DD`. */
export function Day(): PropertyDecorator {
  const validate = (value: unknown): boolean =>
    typeof value === 'string' && isCalendarDate(value) && value >= '1900' && value < '2200';
  return ValidateBy({
    name: 'isDay',
    validator: { validate, defaultMessage: () => '$property must be a day, YYYY-MM-DD' },
  });
}

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,3})?(Z|[+-]\d{2}:\d{2})$/;

/** An instant with its offset: `2017-03-31T17:00:00+07:00` or `…Z`. */
export function Instant(): PropertyDecorator {
  const validate = (value: unknown): boolean => {
    if (typeof value !== 'string' || !INSTANT.test(value) || !isCalendarDate(value.slice(0, 10)))
      return false;
    return value >= '1900' && value < '2200' && !Number.isNaN(Date.parse(value));
  };
  const defaultMessage = (): string =>
    '$property must be an instant with its offset, such as 2017-03-31T17:00:00+07:00';
  return ValidateBy({ name: 'isInstant', validator: { validate, defaultMessage } });
}

const ajv = new Ajv({ allErrors: false, strict: true });

/** Checks a bulk list by JSON schema: class-validator would take milliseconds a hundred items. */
export function MatchesSchema(schema: SchemaObject): PropertyDecorator {
  const check = ajv.compile(schema);
  const defaultMessage = (): string => {
    const first = check.errors?.[0];
    return `$property${first?.instancePath ?? ''} ${first?.message ?? 'is not in the expected form'}`;
  };
  return ValidateBy({
    name: 'matchesSchema',
    validator: { validate: (value) => check(value), defaultMessage },
  });
}
