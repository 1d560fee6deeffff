import {
  DESTRUCTION_METHODS,
  ISSUANCE_REASONS,
  LOSS_KINDS,
  RECOVERY_KINDS,
  SPOILAGE_CAUSES,
  SURRENDER_REASONS,
  type CustodyEventData,
} from '../../../custody/account/events.js';
import {
  accountId,
  approval,
  chipUid,
  entryOf,
  findingCode,
  HELD_STATES,
  officer,
  serial,
  serialSet,
  sha256,
  shipmentId,
} from './common.js';
import { firstVersion } from './definition.js';
import { described, integer, listOf, nullable, oneOf, text } from './shape.js';

const MAX_WITNESSES = 100;

export const CARD_EVENTS = {
  BlankIssued: firstVersion(
    'A usable blank is personalised for one resident.',
    entryOf<CustodyEventData<'BlankIssued'>>({
      serial,
      subject: described(sha256, 'The same for the same resident; leads nowhere else.'),
      reason: oneOf(ISSUANCE_REASONS),
      replaces: nullable(serial),
      chipUid: nullable(chipUid),
    }),
  ),
  CardSurrendered: firstVersion(
    'An issued card comes back: invalid where it was issued, or on its way to another office.',
    entryOf<CustodyEventData<'CardSurrendered'>>({
      serial,
      to: described(accountId, 'The office it was handed in at.'),
      shipmentId: described(nullable(shipmentId), 'Null when handed in where it was issued.'),
      findingId: nullable(findingCode),
      reason: oneOf(SURRENDER_REASONS),
    }),
  ),
  BlanksSpoiled: firstVersion(
    'Usable blanks become invalid and stay in custody.',
    entryOf<CustodyEventData<'BlanksSpoiled'>>({
      serials: serialSet,
      cause: oneOf(SPOILAGE_CAUSES),
    }),
  ),
  BlanksDestroyed: firstVersion(
    'Invalid cards are destroyed before witnesses.',
    entryOf<CustodyEventData<'BlanksDestroyed'>>({
      serials: serialSet,
      unnumbered: described(integer(0), 'Cards without a legible serial, destroyed with them.'),
      method: oneOf(DESTRUCTION_METHODS),
      place: text(),
      witnesses: listOf(officer, { most: MAX_WITNESSES }),
      approval,
    }),
  ),
  BlanksReportedMissing: firstVersion(
    'Usable or invalid serials are missing: lost, stolen or unaccounted for.',
    entryOf<CustodyEventData<'BlanksReportedMissing'>>({
      fromUsable: serialSet,
      fromInvalid: serialSet,
      kind: oneOf(LOSS_KINDS),
      policeReport: nullable(text()),
      shipmentId: described(nullable(shipmentId), 'Set when they were in transit to the account.'),
      approval: nullable(approval),
    }),
  ),
  BlanksRecovered: firstVersion(
    'Missing serials are usable or invalid again.',
    entryOf<CustodyEventData<'BlanksRecovered'>>({
      serials: serialSet,
      as: oneOf(HELD_STATES),
      kind: oneOf(RECOVERY_KINDS),
      place: text(),
    }),
  ),
  UnnumberedCardsRecorded: firstVersion(
    'Cards without a legible serial come into custody, outside the conservation of serials.',
    entryOf<CustodyEventData<'UnnumberedCardsRecorded'>>({
      count: integer(1),
      bag: text(),
      seal: text(),
      source: text(),
    }),
  ),
};
