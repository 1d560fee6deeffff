import { ArrayMaxSize, ArrayMinSize, IsArray, IsIn, IsOptional } from 'class-validator';
import { Note, Text } from '../commands/body-decorators.js';
import { parseFacilityId } from '../custody/facilities/facility-code.js';
import { EVENT_TYPES } from '../event-store/codec/event-codec.js';
import { Decimal, Limit, ReadBy } from './queries.dto.js';

const TYPES = EVENT_TYPES.map(({ type }) => type);
const MAX_URL_LENGTH = 2_048;

export class RegisterWebhookBody {
  /** `https://…` at a public address. */
  @Text(MAX_URL_LENGTH)
  url!: string;

  /** A facility: only what concerns it and all below it. */
  @IsOptional()
  @ReadBy(parseFacilityId, 'the id of a facility')
  within?: string | null;

  /** Only events of these types. */
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(TYPES.length)
  @IsIn(TYPES, { each: true })
  types?: string[] | null;

  @Note()
  description?: string;
}

export class WebhookStateBody {
  @IsIn(['active', 'paused'])
  state!: 'active' | 'paused';
}

export class DeadLettersQuery {
  /** `next` of the page before. */
  @Decimal()
  after?: string;

  @Limit()
  limit?: string;
}
