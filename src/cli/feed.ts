import { once } from 'node:events';
import { RegisterFollower } from '../commands/register-follower.js';
import type { FacilityId } from '../custody/facilities/facility-code.js';
import { loadPublishedRegister } from '../read-models/facilities/published-register.js';
import { LiveLog } from '../read-models/live/live-log.js';
import type { LiveEvent } from '../read-models/live/live-event.js';
import { Scope } from '../read-models/scope.js';
import { parseEventTypes, passes, type EventFilter } from '../read-models/trail/event-filter.js';
import { LogRegions } from '../read-models/trail/log-regions.js';
import type { Settings } from '../settings.js';
import { openLogForReading } from './event-log.js';
import { UserError } from './user-error.js';

const IDLE_MS = 60_000;

export interface FeedOptions {
  /** Decimal position of an event; default: what comes next. */
  readonly after?: string | undefined;
  readonly within?: FacilityId | undefined;
  /** With commas between. */
  readonly types?: string | undefined;
  readonly json: boolean;
  /** Ends it; default: SIGINT and SIGTERM. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Prints each event once it is durable, beside whoever writes: as a line to read, or as JSON.
 * @throws {UserError} there is no such region, type or position
 */
export async function runFeed(settings: Settings, options: FeedOptions): Promise<void> {
  const store = await openLogForReading(settings);
  try {
    const follower = new RegisterFollower(store, loadPublishedRegister());
    await follower.catchUp();
    const { within, after, types, json } = options;
    if (within !== undefined && follower.register.get(within) === null)
      throw new UserError(`there is no facility ${within}`);
    const filter: EventFilter = {
      within: within === undefined ? Scope.nation : new Scope(within),
      types: types === undefined ? null : typesOf(types),
    };
    const head = (await store.head()) ?? 0n;
    const start = after === undefined ? head : BigInt(after);
    if (start > head) throw new UserError(`the log has not come to position ${start}`);
    const signal = options.signal ?? untilStopped();
    const regions = await LogRegions.open(store);
    const live = new LiveLog(store);
    for await (const { events } of live.follow({ after: start, signal, idleMs: IDLE_MS }))
      for (const event of events) {
        regions.take(event.event);
        if (passes(filter, regions, event.event)) await printed(json ? event.json : lineOf(event));
      }
    regions.close();
  } finally {
    await store.close();
  }
}

/** @throws {UserError} */
export function typesOf(text: string): NonNullable<EventFilter['types']> {
  const types = parseEventTypes(text);
  if (types === null) throw new UserError('--types takes types of events with commas between');
  return types;
}

function lineOf({ event: { position, metadata, type, stream } }: LiveEvent): string {
  return `${position} ${metadata.recordedAt} ${type} ${stream} ${metadata.actor.id}`;
}

/** Whoever reads slowly has the log wait. */
async function printed(line: string): Promise<void> {
  if (!process.stdout.write(`${line}\n`)) await once(process.stdout, 'drain');
}

function untilStopped(): AbortSignal {
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      stopping.abort();
    });
  return stopping.signal;
}
