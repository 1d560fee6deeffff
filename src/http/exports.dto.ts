import { IsIn, IsOptional } from 'class-validator';
import { EXPORT_FORMAT_NAMES, type ExportFormatName } from '../exports/export-format.js';
import { Day } from '../commands/body-decorators.js';
import { parseAccountId } from '../custody/account/account-id.js';
import { LEVELS, parseFacilityId, type Level } from '../custody/facilities/facility-code.js';
import { parseSerials } from '../read-models/exports/exports.js';
import { parseEventTypes } from '../read-models/trail/event-filter.js';
import { Decimal, FreshQuery, ReadBy } from './queries.dto.js';

/** Of an export; which of them it takes depends on what is exported. */
export class ExportQuery extends FreshQuery {
  @IsIn(EXPORT_FORMAT_NAMES)
  format!: ExportFormatName;

  /** CSV alone: begins with a byte order mark, by which Excel knows UTF-8. */
  @IsOptional()
  @IsIn(['true', 'false'])
  bom?: string;

  /** A facility: what concerns it and all below it. */
  @IsOptional()
  @ReadBy(parseFacilityId, 'the id of a facility')
  within?: string;

  /** The entries of this account alone. */
  @IsOptional()
  @ReadBy(parseAccountId, 'an account')
  account?: string;

  /** Only later events: a position of the log. */
  @Decimal()
  after?: string;

  /** No later events: a position of the log. */
  @Decimal()
  to?: string;

  /** Recorded on this day or later, by UTC. */
  @IsOptional()
  @Day()
  recordedFrom?: string;

  /** Recorded on this day or earlier, by UTC. */
  @IsOptional()
  @Day()
  recordedTo?: string;

  /** Types of events, with commas between. */
  @IsOptional()
  @ReadBy(parseEventTypes, 'types of events with commas between')
  types?: string;

  /** Of the facilities whose stock it is. */
  @IsOptional()
  @IsIn(LEVELS)
  level?: Level;

  /** Serials or ranges, with commas between. */
  @IsOptional()
  @ReadBy(parseSerials, 'serials or ranges with commas between, 2017-A/1..500')
  serials?: string;
}
