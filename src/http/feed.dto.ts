import { IsOptional } from 'class-validator';
import { parseFacilityId } from '../custody/facilities/facility-code.js';
import { parseEventTypes } from '../read-models/trail/event-filter.js';
import { Decimal, ReadBy } from './queries.dto.js';

export class FeedQuery {
  /** Only later events: a position of the log. Last-Event-ID comes first. */
  @Decimal()
  after?: string;

  /** A facility: what concerns it and all below it. */
  @IsOptional()
  @ReadBy(parseFacilityId, 'the id of a facility')
  within?: string;

  /** Types of events, with commas between. */
  @IsOptional()
  @ReadBy(parseEventTypes, 'types of events with commas between')
  types?: string;
}
