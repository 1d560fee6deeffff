import { ISSUANCE_REASONS } from '../../../custody/account/events.js';
import { MAX_WAITING, type DemandEvent } from '../../../custody/demand/demand.js';
import { date, entryOf } from './common.js';
import { firstVersion } from './definition.js';
import { described, integer, nullable, someOf } from './shape.js';

export const DEMAND_EVENTS = {
  DemandReported: firstVersion(
    'Residents waiting for a card as of a day; replaces the report before it.',
    entryOf<DemandEvent['data']>({
      asOf: date,
      deadline: described(nullable(date), 'The day by which they must be served, if any.'),
      byReason: described(
        someOf(ISSUANCE_REASONS, integer(0, MAX_WAITING)),
        'Residents by reason; a reason not named was not reported on.',
      ),
    }),
  ),
};
