import type { JsonObject } from '../event-store.js';
import type { LedgerEvent } from './ledger-event.js';
import { BATCH_EVENTS } from './schemas/batch-events.js';
import { BOOK_EVENTS } from './schemas/book-events.js';
import { CARD_EVENTS } from './schemas/card-events.js';
import type { Definitions } from './schemas/definition.js';
import { DEMAND_EVENTS } from './schemas/demand-events.js';
import { FACILITY_EVENTS } from './schemas/facility-events.js';
import { FINDING_EVENTS } from './schemas/finding-events.js';
import { SHIPMENT_EVENTS } from './schemas/shipment-events.js';

/** What stands before the first dash of a stream's name. */
type StreamCategory = 'custody' | 'finding' | 'demand' | 'register';

/** What the codec must know of a type. */
export interface EventSchemas {
  readonly type: string;
  /** The only streams the type may stand in are those of this category. */
  readonly category: string;
  /** JSON Schemas of the data in versions 1, 2 …; the last one is today's. At least one. */
  readonly schemas: readonly JsonObject[];
}

export interface EventType extends EventSchemas {
  readonly type: LedgerEvent['type'];
  readonly category: StreamCategory;
  /** The version that newly written events have. */
  readonly version: number;
  /** Today's schema: that of `version`. */
  readonly schema: JsonObject;
  /** One sentence for the reference. */
  readonly meaning: string;
}

const CUSTODY_EVENTS = { ...BATCH_EVENTS, ...SHIPMENT_EVENTS, ...CARD_EVENTS, ...BOOK_EVENTS };

// The annotation is the check that each type has a schema, and that it fits the type of its data.
const DEFINITIONS: Definitions = {
  ...CUSTODY_EVENTS,
  ...FINDING_EVENTS,
  ...DEMAND_EVENTS,
  ...FACILITY_EVENTS,
};

function categoryOf(type: LedgerEvent['type']): StreamCategory {
  if (type in CUSTODY_EVENTS) return 'custody';
  if (type in FINDING_EVENTS) return 'finding';
  return type in DEMAND_EVENTS ? 'demand' : 'register';
}

function eventType(type: LedgerEvent['type']): EventType {
  const { meaning, current, earlier } = DEFINITIONS[type];
  return {
    type,
    category: categoryOf(type),
    version: earlier.length + 1,
    schema: current.json,
    schemas: [...earlier, current.json],
    meaning,
  };
}

/** Every event type of the ledger, by category and then roughly in the order of a blank's life. */
export const EVENT_TYPES: readonly EventType[] = (
  Object.keys(DEFINITIONS) as LedgerEvent['type'][]
).map(eventType);
