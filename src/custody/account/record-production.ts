import { assert } from '../assert.js';
import { reject, type Rejection } from '../rejection.js';
import { SerialSet } from '../serials/serial-set.js';
import { accountParts } from './account-id.js';
import type { BatchRun, CustodyAccount } from './custody-account.js';
import {
  accept,
  accountRefusal,
  emptyRefusal,
  entryFields,
  formRefusal,
  occurrenceRefusal,
  offending,
  outsideRefusal,
  refuse,
  type Decision,
  type DecisionContext,
} from './decision.js';
import type { ChipManifest, EntryFields, QualitySample } from './events.js';

/** An instalment of a batch: creates usable blanks at the vendor, each serial once. */
export interface RecordProduction extends EntryFields {
  readonly serials: SerialSet;
  readonly deliveryNo: string;
  readonly qualitySample: QualitySample | null;
  readonly chipManifest: ChipManifest | null;
}

/** `range_outside_batch`, of all serials the batch can ever have; nothing of what is no batch. */
function outsideBatchRefusal(account: CustodyAccount, serials: SerialSet): Rejection | null {
  const parts = accountParts(account.id);
  if (parts.kind !== 'batch' || account.batch === null) return null;
  const space = SerialSet.of([{ batch: parts.batch, first: 1, last: account.batch.serialMax }]);
  return outsideRefusal('range_outside_batch', serials, space);
}

function productionRefusal(run: BatchRun, serials: SerialSet): Rejection | null {
  if (run.isClosed) return reject('batch_closed');
  const again = serials.intersect(run.produced);
  if (!again.isEmpty) return reject('already_produced', offending(again));
  const total = run.produced.size + serials.size;
  if (total <= run.quantityContracted) return null;
  return reject('quantity_exceeds_contract', {
    details: { contracted: run.quantityContracted, total },
  });
}

export function decideRecordProduction(
  account: CustodyAccount,
  command: RecordProduction,
  context: DecisionContext,
): Decision {
  const { serials, deliveryNo, qualitySample, chipManifest } = command;
  const rejection =
    outsideBatchRefusal(account, serials) ??
    formRefusal(serials) ??
    emptyRefusal(serials) ??
    accountRefusal(account, context, ['batch']);
  if (rejection !== null) return refuse(rejection);
  assert(account.batch !== null, 'a batch account that passed its checks is procured');
  const later =
    productionRefusal(account.batch, serials) ?? occurrenceRefusal(command.occurredAt, context.now);
  if (later !== null) return refuse(later);
  return accept({
    type: 'BlanksProduced',
    data: {
      ...entryFields(command),
      serials: serials.toJson(),
      deliveryNo,
      qualitySample,
      chipManifest,
    },
  });
}
