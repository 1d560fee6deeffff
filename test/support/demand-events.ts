import type { CustodyEventOf, IssuanceReason } from '../../src/custody/account/events.js';
import type { DemandEvent } from '../../src/custody/demand/demand.js';
import { ENTRY } from './projection-world.js';

/** A blank issued on a day in Jakarta. @param number of its serial, and of its subject */
export function issued(
  number: number,
  reason: IssuanceReason,
  day: string,
): CustodyEventOf<'BlankIssued'> {
  return {
    type: 'BlankIssued',
    data: {
      ...ENTRY,
      occurredAt: { value: day, precision: 'day', zone: 'Asia/Jakarta' },
      serial: `2017-A/${String(number).padStart(9, '0')}`,
      subject: number.toString(16).padStart(64, '0'),
      reason,
      replaces: null,
      chipUid: null,
    },
  };
}

export function demandReported(
  asOf: string,
  deadline: string | null,
  byReason: DemandEvent['data']['byReason'],
): DemandEvent {
  return { type: 'DemandReported', data: { ...ENTRY, asOf, deadline, byReason } };
}
