import { Inject } from '@nestjs/common';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { FacilityRegister } from '../../custody/facilities/facility-register.js';
import { canonicalJson } from '../../event-store/codec/canonical-json.js';
import type { Recorded } from '../../event-store/codec/ledger-event.js';
import type { EventStore, JsonValue } from '../../event-store/event-store.js';
import { EVENT_STORE } from '../../tokens.js';
import type { Scope } from '../scope.js';
import { accountConcerned } from '../trail/event-filter.js';
import { columnsOf, rowOf, type ColumnOf, type ExportTable } from './export-table.js';
import { logRange, type LogSelection } from './log-range.js';

/** Events of the log, one row each. Null when what is asked for lies outside the scope, or is none. */
export class EventsExport extends Query<ExportTable | null> {
  constructor(
    readonly scope: Scope,
    readonly selection: LogSelection,
  ) {
    super();
  }
}

/** What is told of every event in every export. */
export const EVENT_COLUMNS: readonly ColumnOf<Recorded>[] = [
  ['position', 'position', ({ position }) => position],
  ['recordedAt', 'instant', ({ metadata }) => metadata.recordedAt],
  ['occurredAt', 'text', (event) => occurrence(event)?.value ?? null],
  ['occurredZone', 'text', (event) => occurrence(event)?.zone ?? null],
  ['eventId', 'text', ({ id }) => id],
  ['type', 'text', ({ type }) => type],
  ['account', 'text', accountConcerned],
];

const COLUMNS: readonly ColumnOf<Recorded>[] = [
  ...EVENT_COLUMNS,
  ['stream', 'text', ({ stream }) => stream],
  ['revision', 'position', ({ revision }) => revision],
  ['schema', 'count', ({ metadata }) => metadata.schema],
  ['actor', 'text', ({ metadata }) => metadata.actor.id],
  ['actorRole', 'text', ({ metadata }) => metadata.actor.role],
  ['actorFacility', 'text', ({ metadata }) => metadata.actor.facilityId],
  ['commandId', 'text', ({ metadata }) => metadata.commandId],
  ['correlationId', 'text', ({ metadata }) => metadata.correlationId],
  ['causationId', 'text', ({ metadata }) => metadata.causationId],
  ['data', 'json', ({ data }) => canonicalJson(data as unknown as JsonValue)],
  ['metadata', 'json', ({ metadata }) => canonicalJson(metadata as unknown as JsonValue)],
];

@QueryHandler(EventsExport)
export class EventsExportHandler implements IQueryHandler<EventsExport> {
  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    private readonly register: FacilityRegister,
  ) {}

  async execute({ scope, selection }: EventsExport): Promise<ExportTable | null> {
    const range = await logRange(this.store, this.register, scope, selection);
    if (range === null) return null;
    return {
      name: 'events',
      position: range.position,
      columns: columnsOf(COLUMNS),
      rows: async function* (signal) {
        for await (const events of range.events(signal))
          yield events.map((event) => rowOf(COLUMNS, event));
      },
    };
  }
}

function occurrence({ data }: Recorded): { readonly value: string; readonly zone: string } | null {
  return 'occurredAt' in data ? data.occurredAt : null;
}
