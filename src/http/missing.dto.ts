import { IsIn, IsOptional } from 'class-validator';
import { parseFacilityId } from '../custody/facilities/facility-code.js';
import { isBatchCode } from '../custody/serials/serial-number.js';
import { FINDING_STATUSES, type FindingStatus } from '../read-models/findings/findings.query.js';
import {
  GAP_ORDERS,
  GAP_STATUSES,
  type GapOrder,
  type GapStatus,
} from '../read-models/missing/gap-pages.js';
import { PageQuery, ReadBy } from './queries.dto.js';

const DAYS = /^[0-9]{1,5}$/;

export class MissingQuery extends PageQuery {
  /** Default: open. */
  @IsOptional()
  @IsIn(GAP_STATUSES)
  status?: GapStatus;

  /** A facility: of it and those below it. */
  @IsOptional()
  @ReadBy(parseFacilityId, 'the id of a facility')
  within?: string;

  @IsOptional()
  @ReadBy((text) => (isBatchCode(text) ? text : null), 'the code of a batch')
  batch?: string;

  /** Missing for longer than so many days. */
  @IsOptional()
  @ReadBy((text) => (DAYS.test(text) ? text : null), 'a number of days')
  olderThanDays?: string;

  /** The oldest first, or the largest first. Default: age. */
  @IsOptional()
  @IsIn(GAP_ORDERS)
  sort?: GapOrder;
}

export class FindingsQuery extends PageQuery {
  /** Default: open. */
  @IsOptional()
  @IsIn(FINDING_STATUSES)
  status?: FindingStatus;
}
