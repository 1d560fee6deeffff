import { accountParts } from '../../custody/account/account-id.js';
import type { CustodyEvent } from '../../custody/account/events.js';
import type { Recorded } from '../../event-store/codec/ledger-event.js';
import { accountEntry, type Projection } from '../projection.js';
import type { ReadModelDatabase } from '../read-model-database.js';

export const BATCHES_PROJECTION = 'batches';

/** What the contracts say. The books of a batch are in the stock. */
export const batchesProjection: Projection = {
  name: BATCHES_PROJECTION,
  version: 1,
  tables: [
    {
      name: 'batch',
      key: 'code',
      ddl: `CREATE TABLE batch (
  code TEXT PRIMARY KEY,
  contract TEXT,
  vendor TEXT NOT NULL,
  signed_on TEXT NOT NULL,
  quantity_contracted INTEGER NOT NULL,
  serial_max INTEGER NOT NULL,
  card_origin TEXT NOT NULL,
  chip_origin TEXT NOT NULL,
  event_id TEXT NOT NULL,
  deliveries INTEGER NOT NULL,
  is_closed INTEGER NOT NULL,
  shortage INTEGER,
  closing_reason TEXT
) STRICT, WITHOUT ROWID`,
    },
  ],
  apply: ({ events }, database) => {
    for (const event of events) {
      const entry = accountEntry(event);
      if (entry === null) continue;
      const parts = accountParts(entry.account);
      if (parts.kind === 'batch') take(database, parts.batch, entry.event);
    }
  },
};

function take(database: ReadModelDatabase, code: string, event: Recorded<CustodyEvent>): void {
  if (event.type === 'BatchProcured') {
    const { contract, vendor, signedOn, quantityContracted, serialMax } = event.data;
    database.run(
      'INSERT INTO batch VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, NULL, NULL)',
      code,
      contract,
      vendor,
      signedOn,
      quantityContracted,
      serialMax,
      event.data.cardOrigin,
      event.data.chipOrigin,
      event.id,
    );
  } else if (event.type === 'BlanksProduced') {
    database.run('UPDATE batch SET deliveries = deliveries + 1 WHERE code = ?', code);
  } else if (event.type === 'BatchClosed') {
    database.run(
      'UPDATE batch SET is_closed = 1, shortage = ?, closing_reason = ? WHERE code = ?',
      event.data.shortage,
      event.data.reason,
      code,
    );
  }
}
