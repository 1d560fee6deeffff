import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, ValidateBy } from 'class-validator';
import { MAX_COVER_DAYS } from '../custody/demand/allocation.js';
import { LEVELS, parseFacilityId, type Level } from '../custody/facilities/facility-code.js';
import { isCalendarDate } from '../custody/facilities/facility.js';
import type { AllocationAsked } from '../read-models/demand/allocation.query.js';
import { DEMAND_ORDERS, type DemandOrder } from '../read-models/demand/demand-answer.js';
import { FreshQuery, PageQuery, ReadBy } from './queries.dto.js';

/** Blanks in a carton, the smallest sealed package that travels. */
const CARTON = 500;
const COVER_DAYS = 30;
const MOST_BLANKS = 1_000_000_000;
const WHOLE = /^(?:0|[1-9][0-9]{0,9})$/;

/** A day of the calendar, or nothing. */
function OptionalDay(): PropertyDecorator {
  const parse = (text: string): string | null => (isCalendarDate(text) ? text : null);
  return applyDecorators(
    IsOptional(),
    ReadBy(parse, 'a day, as 2017-04-19'),
    ApiPropertyOptional({ type: 'string', format: 'date' }),
  );
}

/** Query parameters are text, and stay so. */
function WholeNumber(minimum: number, maximum: number, byDefault?: number): PropertyDecorator {
  const validate = (value: unknown): boolean =>
    typeof value === 'string' &&
    WHOLE.test(value) &&
    Number(value) >= minimum &&
    Number(value) <= maximum;
  const defaultMessage = (): string => `$property must be ${minimum} to ${maximum}`;
  const shown = byDefault === undefined ? {} : { default: byDefault };
  return applyDecorators(
    IsOptional(),
    ValidateBy({ name: 'isWhole', validator: { validate, defaultMessage } }),
    ApiPropertyOptional({ type: 'integer', minimum, maximum, ...shown }),
  );
}

export class FacilityDemandQuery extends FreshQuery {
  /** The last day that counts; unless it is given, that of the latest event, in Jakarta. */
  @OptionalDay()
  today?: string;
}

export class DemandQuery extends PageQuery {
  /** A facility: those below it, and it itself. */
  @ReadBy(parseFacilityId, 'the id of a facility')
  within!: string;

  @IsIn(LEVELS)
  level!: Level;

  /** By code; or who runs out first, where most lack a blank, or whose deadline is the nearest. */
  @IsOptional()
  @IsIn(DEMAND_ORDERS)
  sort?: DemandOrder;

  /** The last day that counts; unless it is given, that of the latest event, in Jakarta. */
  @OptionalDay()
  today?: string;
}

export class AllocationQuery extends FreshQuery {
  /** Who is to give. */
  @ReadBy(parseFacilityId, 'the id of a facility')
  consignor!: string;

  /** How many there are to give; unless it is given, all that the consignor holds. */
  @WholeNumber(0, MOST_BLANKS)
  blanks?: string;

  /** Blanks in a carton; cartons stay whole. */
  @WholeNumber(1, MOST_BLANKS, CARTON)
  carton?: string;

  /** Only deadlines up to this day go first; unless it is given, all do. */
  @OptionalDay()
  deadline?: string;

  /** For how many days of new residents there is to be enough, once all who wait are thought of. */
  @WholeNumber(0, MAX_COVER_DAYS, COVER_DAYS)
  coverDays?: string;

  /** The last day that counts; unless it is given, that of the latest event, in Jakarta. */
  @OptionalDay()
  today?: string;
}

export function allocationAsked(query: AllocationQuery): AllocationAsked {
  const { consignor, blanks, carton, deadline, coverDays, today } = query;
  return {
    consignor,
    blanks: blanks === undefined ? null : Number(blanks),
    carton: Number(carton ?? CARTON),
    deadline: deadline ?? null,
    coverDays: Number(coverDays ?? COVER_DAYS),
    today: today ?? null,
  };
}
