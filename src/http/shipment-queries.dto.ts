import { IsIn, IsOptional } from 'class-validator';
import { parseAccountId } from '../custody/account/account-id.js';
import { parseFacilityId } from '../custody/facilities/facility-code.js';
import { SHIPMENT_STATES, type ShipmentState } from '../read-models/shipments/shipment-answer.js';
import { OVERDUE_MEASURES, type OverdueMeasure } from '../read-models/shipments/overdue.js';
import type { ShipmentFilter } from '../read-models/shipments/shipments-of.query.js';
import { Flag, FreshQuery, PageQuery, ReadBy } from './queries.dto.js';

const INSTANT =
  /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,3})?)?(?:Z|[+-][0-9]{2}:[0-9]{2})$/;

/** Milliseconds since the epoch, or null when the text is no instant with an offset. */
function parseInstant(text: string): number | null {
  const instant = INSTANT.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(instant) ? null : instant;
}

export class ShipmentsQuery extends PageQuery {
  @IsOptional()
  @ReadBy(parseAccountId, 'an account')
  consignee?: string;

  @IsOptional()
  @ReadBy(parseAccountId, 'an account')
  consignor?: string;

  /** `open` is all but `closed`. */
  @IsOptional()
  @IsIn([...SHIPMENT_STATES, 'open'])
  state?: ShipmentState | 'open';

  /** A facility: to or from it, or one below it. */
  @IsOptional()
  @ReadBy(parseFacilityId, 'the id of a facility')
  within?: string;

  /**
   * `expected`: later than agreed. `route`: longer on the way than 95 of 100 shipments of the same route
   * took, where at least ten have arrived.
   */
  @IsOptional()
  @IsIn(OVERDUE_MEASURES)
  overdue?: OverdueMeasure;

  /** The instant by which they are overdue, `2017-04-03T12:00:00+07:00`; now, unless it is given. */
  @IsOptional()
  @ReadBy(parseInstant, 'an instant with its offset from UTC')
  at?: string;

  /** Only those received with blanks missing, or only partly settled. */
  @Flag()
  short?: 'true';

  /** Only those with serials that the manifest does not name. */
  @Flag()
  unexpected?: 'true';
}

/** @param now milliseconds since the epoch */
export function shipmentFilterOf(query: ShipmentsQuery, now: number): ShipmentFilter {
  const { consignee, consignor, state, within, overdue, at } = query;
  const isShort = query.short === 'true';
  const hasUnexpected = query.unexpected === 'true';
  const instant = at === undefined ? now : (parseInstant(at) ?? now);
  return { consignee, consignor, state, within, overdue, at: instant, isShort, hasUnexpected };
}

export class RoutesQuery extends PageQuery {
  /** A facility: routes to or from it, or one below it. */
  @ReadBy(parseFacilityId, 'the id of a facility')
  within!: string;
}

export class TransitQuery extends FreshQuery {
  /** A facility: what is sent to or from it, or one below it. */
  @ReadBy(parseFacilityId, 'the id of a facility')
  within!: string;
}
