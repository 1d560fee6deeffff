import type {
  ChipManifest,
  CustodyEventData,
  QualitySample,
} from '../../../custody/account/events.js';
import { MAX_SERIAL_NUMBER } from '../../../custody/serials/serial-number.js';
import { approval, date, entryOf, serialSet, sha256 } from './common.js';
import { firstVersion } from './definition.js';
import { described, integer, nullable, objectOf, text } from './shape.js';

export const BATCH_EVENTS = {
  BatchProcured: firstVersion(
    'Opens the serial space of a batch under a contract; creates no blanks.',
    entryOf<CustodyEventData<'BatchProcured'>>({
      contract: described(nullable(text()), 'Null for a legacy batch.'),
      vendor: text(),
      signedOn: date,
      quantityContracted: integer(1, MAX_SERIAL_NUMBER),
      serialMax: described(integer(1, MAX_SERIAL_NUMBER), 'Largest serial number, inclusive.'),
      cardOrigin: text(),
      chipOrigin: text(),
      approval: nullable(approval),
    }),
  ),
  BlanksProduced: firstVersion(
    'An instalment of a batch: creates usable blanks at the vendor, each serial once.',
    entryOf<CustodyEventData<'BlanksProduced'>>({
      serials: serialSet,
      deliveryNo: text(),
      qualitySample: nullable(objectOf<QualitySample>({ size: integer(0), defects: integer(0) })),
      chipManifest: nullable(objectOf<ChipManifest>({ sha256, rows: integer(0), format: text() })),
    }),
  ),
  BatchClosed: firstVersion(
    'Production of the batch is over.',
    entryOf<CustodyEventData<'BatchClosed'>>({
      shortage: described(integer(0, MAX_SERIAL_NUMBER), 'Contracted and never made.'),
      reason: nullable(text()),
    }),
  ),
};
