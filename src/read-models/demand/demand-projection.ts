import type { AccountId } from '../../custody/account/account-id.js';
import type { CustodyEvent } from '../../custody/account/events.js';
import { demandOfStream, type DemandEvent } from '../../custody/demand/demand.js';
import type { Recorded } from '../../event-store/codec/ledger-event.js';
import { accountEntry, type Projection } from '../projection.js';
import type { ReadModelDatabase } from '../read-model-database.js';
import { DEMAND_PROJECTION, DEMAND_TABLES } from './demand-tables.js';
import { IssuedBlanks } from './issued-blanks.js';

/** Who waits for a card, as reported, and what was issued on which day for which reason. */
export const demandProjection: Projection = {
  name: DEMAND_PROJECTION,
  version: 1,
  tables: DEMAND_TABLES,
  apply: ({ events, issuances }, database) => {
    const issued = new IssuedBlanks(database);
    // What corrects or reverses an issuance comes after it, so all of them may go first.
    issued.take(issuances);
    for (const event of events) {
      if (event.type === 'DemandReported') keepReport(database, event);
      else amend(issued, event);
    }
    issued.write();
  },
};

/** A report speaks of the reasons it names, and of no other. */
function keepReport(database: ReadModelDatabase, event: Recorded<DemandEvent>): void {
  const { stream, position, id, metadata, data } = event;
  const facility = demandOfStream(stream);
  if (facility === null) throw new Error(`the stream ${stream} names no facility`);
  const { asOf, deadline, byReason } = data;
  for (const [reason, waiting] of Object.entries(byReason)) {
    const key = [facility, reason, asOf, position] as const;
    database.run(
      'INSERT INTO demand_stated VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      ...key,
      waiting,
      deadline,
      metadata.recordedAt,
      id,
    );
    database.run(
      `INSERT INTO demand_latest VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (facility, reason) DO UPDATE
       SET as_of = excluded.as_of, position = excluded.position, waiting = excluded.waiting,
         deadline = excluded.deadline
       WHERE excluded.as_of >= demand_latest.as_of`,
      ...key,
      waiting,
      deadline,
    );
  }
}

function amend(issued: IssuedBlanks, recorded: Recorded): void {
  if (recorded.type !== 'EntryReversed' && recorded.type !== 'OccurrenceCorrected') return;
  const entry = accountEntry(recorded);
  if (entry === null) return;
  amendEntry(issued, entry.account, entry.event);
}

function amendEntry(
  issued: IssuedBlanks,
  account: AccountId,
  { type, data }: Recorded<CustodyEvent>,
): void {
  if (type === 'EntryReversed' && data.entryType === 'BlankIssued')
    issued.reverse(account, Number(data.revision));
  if (type === 'OccurrenceCorrected')
    issued.correct(account, Number(data.revision), data.correctedTo.value.slice(0, DAY_LENGTH));
}

const DAY_LENGTH = '2017-03-31'.length;
