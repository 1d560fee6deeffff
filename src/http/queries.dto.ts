import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, Matches, MaxLength, ValidateBy } from 'class-validator';
import { LEVELS, parseFacilityId, type Level } from '../custody/facilities/facility-code.js';
import { MAX_PAGE } from '../read-models/cursor.js';
import { CLOCKS, type Clock } from '../read-models/history/history-tables.js';

const DEFAULT_LIMIT = 100;
/** Positions and revisions stay far below what any engine holds. */
const DECIMAL = /^(?:0|[1-9][0-9]{0,14})$/;
const LIMIT = /^[1-9][0-9]{0,3}$/;
const CURSOR = /^[0-9A-Za-z_-]{1,128}$/;

/** The text is read by a parser of the domain, which gives null for what it does not know. */
export function ReadBy(parse: (text: string) => unknown, meaning: string): PropertyDecorator {
  const validate = (value: unknown): boolean => typeof value === 'string' && parse(value) !== null;
  const defaultMessage = (): string => `$property must be ${meaning}`;
  return ValidateBy({ name: 'isReadable', validator: { validate, defaultMessage } });
}

/** How many items a page holds, 1 to 1,000. Query parameters are text, and stay so. */
export function Limit(): PropertyDecorator {
  const validate = (value: unknown): boolean =>
    typeof value === 'string' && LIMIT.test(value) && Number(value) <= MAX_PAGE;
  const defaultMessage = (): string => `$property must be 1 to ${MAX_PAGE}`;
  const schema = {
    type: 'integer',
    minimum: 1,
    maximum: MAX_PAGE,
    default: DEFAULT_LIMIT,
  } as const;
  return applyDecorators(
    IsOptional(),
    ValidateBy({ name: 'isLimit', validator: { validate, defaultMessage } }),
    ApiPropertyOptional(schema),
  );
}

export function isDecimal(text: string): boolean {
  return DECIMAL.test(text);
}

/** A query parameter that says yes or nothing: `true`. */
export function Flag(): PropertyDecorator {
  return applyDecorators(IsOptional(), IsIn(['true']), ApiPropertyOptional({ enum: ['true'] }));
}

/** A small whole number, as text. */
export function Number0To(maximum: number, otherwise: number): PropertyDecorator {
  const validate = (value: unknown): boolean =>
    typeof value === 'string' && /^[0-9]{1,2}$/.test(value) && Number(value) <= maximum;
  const defaultMessage = (): string => `$property must be 0 to ${maximum}`;
  const schema = { type: 'integer', minimum: 0, maximum, default: otherwise } as const;
  return applyDecorators(
    IsOptional(),
    ValidateBy({ name: 'isNumberUpTo', validator: { validate, defaultMessage } }),
    ApiPropertyOptional(schema),
  );
}

/** A decimal position or revision. */
export function Decimal(): PropertyDecorator {
  const message = '$property must be a whole number in plain digits, as an answer gave it';
  return applyDecorators(IsOptional(), IsString(), Matches(DECIMAL, { message }));
}

export function limitOf({ limit }: { readonly limit?: string }): number {
  return limit === undefined ? DEFAULT_LIMIT : Number(limit);
}

/** Of a query on a read model. */
export class FreshQuery {
  /** The answer must hold for this position, e.g. that of a write just made. */
  @Decimal()
  atLeast?: string;
}

export class PageQuery extends FreshQuery {
  /** `next` of the page before. */
  @IsOptional()
  @IsString()
  @Matches(CURSOR, { message: '$property must be `next` of the page before' })
  cursor?: string;

  @Limit()
  limit?: string;
}

/** Of what was so at a moment, by one of the two clocks. */
class AsOfQuery extends FreshQuery {
  /**
   * A day (its end, in the facility's zone), an instant with its offset, or `position:N`; now if it is left out
   * with `clock`.
   */
  @IsOptional()
  @IsString()
  @MaxLength(40)
  asOf?: string;

  /** `recorded` (the default): what was known then. `occurred`: what was so then, as far as is known now. */
  @IsOptional()
  @IsIn(CLOCKS)
  clock?: Clock;
}

export class FacilityStockQuery extends AsOfQuery {}

/** Between two moments of one clock. */
export class StockCardQuery extends PageQuery {
  /** What counts at it is left out: a day (its end), an instant with its offset, or `position:N`. */
  @IsString()
  @MaxLength(40)
  from!: string;

  /** Up to and with it. */
  @IsString()
  @MaxLength(40)
  to!: string;

  /** As of `GET /api/stock`. */
  @IsOptional()
  @IsIn(CLOCKS)
  clock?: Clock;
}

export class StockDiffQuery extends StockCardQuery {
  /** The region; the nation if it is left out. */
  @IsOptional()
  @ReadBy(parseFacilityId, 'the id of a facility')
  facility?: string;
}

export class StockQuery extends PageQuery {
  /** As of `GET /api/stock/{facility}`. */
  @IsOptional()
  @IsString()
  @MaxLength(40)
  asOf?: string;

  /** As of `GET /api/stock/{facility}`. */
  @IsOptional()
  @IsIn(CLOCKS)
  clock?: Clock;

  /** A facility: those below it, and it itself. */
  @ReadBy(parseFacilityId, 'the id of a facility')
  within!: string;

  @IsIn(LEVELS)
  level!: Level;
}

export class EventsQuery {
  /** Only what came later: a position of the log, or a revision of the account. */
  @Decimal()
  after?: string;

  @Limit()
  limit?: string;
}

export class FacilitiesQuery {
  /** Names or codes, in any order: `tebet jakarta`. */
  @IsString()
  @MaxLength(100)
  q!: string;

  @Limit()
  limit?: string;
}
