import { Inject } from '@nestjs/common';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { parseShipmentId, type AccountId } from '../../custody/account/account-id.js';
import type { CustodyEvent, Place } from '../../custody/account/events.js';
import { postingsOf, type Posting } from '../../custody/account/postings.js';
import { FacilityRegister } from '../../custody/facilities/facility-register.js';
import type { SerialRange } from '../../custody/serials/serial-range.js';
import type { Recorded } from '../../event-store/codec/ledger-event.js';
import type { EventStore } from '../../event-store/event-store.js';
import { EVENT_STORE } from '../../tokens.js';
import { accountEntry } from '../projection.js';
import type { Scope } from '../scope.js';
import { consigneeOf } from '../trail/event-filter.js';
import { EVENT_COLUMNS } from './events-export.query.js';
import { columnsOf, rowOf, type ColumnOf, type ExportTable } from './export-table.js';
import { logRange, type LogSelection } from './log-range.js';

/**
 * What left one place of the books for another, a row for each range of each posting. Null when what is
 * asked for lies outside the scope, or is none.
 */
export class MovementsExport extends Query<ExportTable | null> {
  constructor(
    readonly scope: Scope,
    readonly selection: LogSelection,
  ) {
    super();
  }
}

interface Movement {
  readonly event: Recorded<CustodyEvent>;
  readonly account: AccountId;
  readonly posting: Posting;
  readonly range: SerialRange;
}

const COLUMNS: readonly ColumnOf<Movement>[] = [
  ...EVENT_COLUMNS.map(([name, type, cell]): ColumnOf<Movement> => [
    name,
    type,
    ({ event }) => cell(event),
  ]),
  ['from', 'text', ({ posting }) => nameOf(posting.from)],
  ['to', 'text', ({ posting }) => nameOf(posting.to)],
  ['batch', 'text', ({ range }) => range.batch],
  ['first', 'count', ({ range }) => range.first],
  ['last', 'count', ({ range }) => range.last],
  ['blanks', 'count', ({ range }) => range.last - range.first + 1],
  ['counterparty', 'text', counterpartyOf],
  ['shipment', 'text', ({ posting }) => shipmentOf(posting)],
];

@QueryHandler(MovementsExport)
export class MovementsExportHandler implements IQueryHandler<MovementsExport> {
  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    private readonly register: FacilityRegister,
  ) {}

  async execute({ scope, selection }: MovementsExport): Promise<ExportTable | null> {
    const range = await logRange(this.store, this.register, scope, selection);
    if (range === null) return null;
    return {
      name: 'movements',
      position: range.position,
      columns: columnsOf(COLUMNS),
      rows: async function* (signal) {
        // One event may move 10,000 ranges, so each has batches of its own.
        for await (const events of range.events(signal))
          for (const event of events)
            yield movementsOf(event).map((movement) => rowOf(COLUMNS, movement));
      },
    };
  }
}

function movementsOf(recorded: Recorded): readonly Movement[] {
  const entry = accountEntry(recorded);
  if (entry === null) return [];
  return postingsOf(entry.event).flatMap((posting) =>
    Array.from(posting.serials.ranges(), (range) => ({ ...entry, posting, range })),
  );
}

/** As `usable`, and in transit `transit_usable`. */
function nameOf(place: Place): string {
  return place.place === 'transit' ? `transit_${place.state}` : place.place;
}

/** The shipment that serials join, or else the one they leave. */
function shipmentOf({ from, to }: Posting): string | null {
  if (to.place === 'transit') return to.shipmentId;
  return from.place === 'transit' ? from.shipmentId : null;
}

/** The other account: who it is sent to, or who sent it. */
function counterpartyOf({ event, account, posting }: Movement): string | null {
  const shipment = shipmentOf(posting);
  if (shipment === null) return null;
  const consignor = parseShipmentId(shipment)?.consignor ?? null;
  return consignor === account ? consigneeOf(event) : consignor;
}
