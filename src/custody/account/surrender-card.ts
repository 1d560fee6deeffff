import type { OccurredAt } from '../occurrence.js';
import { formatSerialNumber, type SerialNumber } from '../serials/serial-number.js';
import { SerialSet } from '../serials/serial-set.js';
import { facilityAccount, shipmentIdOf } from './account-id.js';
import type { FacilityId } from '../facilities/facility-code.js';
import type { CustodyAccount } from './custody-account.js';
import {
  accept,
  closedRefusal,
  consigneeClosedRefusal,
  entryFields,
  kindRefusal,
  occurrenceRefusal,
  outsideRefusal,
  refuse,
  unknownBatchRefusal,
  unknownFacilityRefusal,
  type Decision,
  type DecisionContext,
} from './decision.js';
import type { EntryFields, SurrenderReason } from './events.js';

/** An issued card comes back: invalid here, or in transit to the other office it was handed in at. */
export interface SurrenderCard extends EntryFields {
  readonly serial: SerialNumber;
  /** The office the card was handed in at, which must have authority to take it. */
  readonly handedInAt: FacilityId;
  readonly findingId: string | null;
  readonly reason: SurrenderReason;
}

/**
 * A card of a closed office is handed in elsewhere, so only the office it is handed in at must be open.
 * `issuedAt`: when the card was issued, or null when this account has not issued it.
 */
export function decideSurrenderCard(
  account: CustodyAccount,
  command: SurrenderCard,
  issuedAt: OccurredAt | null,
  context: DecisionContext,
): Decision {
  const { serial, handedInAt, findingId, reason } = command;
  const to = facilityAccount(handedInAt);
  const isHere = to === account.id;
  const card = SerialSet.of([{ batch: serial.batch, first: serial.number, last: serial.number }]);
  const rejection =
    unknownFacilityRefusal(account.id, context.facilities) ??
    unknownFacilityRefusal(to, context.facilities) ??
    unknownBatchRefusal(account) ??
    kindRefusal(account, ['facility']) ??
    (isHere ? closedRefusal(to, context) : consigneeClosedRefusal(to, context.facilities)) ??
    outsideRefusal('serials_not_issued_here', card, account.issued) ??
    occurrenceRefusal(command.occurredAt, context.now, issuedAt);
  if (rejection !== null) return refuse(rejection);
  const shipmentId = isHere ? null : shipmentIdOf(account.id, account.shipmentsSent + 1);
  return accept({
    type: 'CardSurrendered',
    data: {
      ...entryFields(command),
      serial: formatSerialNumber(serial),
      to,
      shipmentId,
      findingId,
      reason,
    },
  });
}
