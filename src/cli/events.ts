import { RegisterFollower } from '../commands/register-follower.js';
import { loadPublishedRegister } from '../read-models/facilities/published-register.js';
import type { EventAnswer, EventsPage } from '../read-models/trail/event-answer.js';
import { EventsOf, EventsOfHandler } from '../read-models/trail/events-of.query.js';
import { Scope } from '../read-models/scope.js';
import type { Settings } from '../settings.js';
import { openLogForReading } from './event-log.js';
import { print, printJson, printTable } from './output.js';
import { UserError } from './user-error.js';

/** @throws {UserError} there is no such account */
async function eventsOfAccount(
  settings: Settings,
  account: string,
  { after, limit }: { after: string | null; limit: number },
): Promise<EventsPage> {
  const store = await openLogForReading(settings);
  try {
    const follower = new RegisterFollower(store, loadPublishedRegister());
    await follower.catchUp();
    const handler = new EventsOfHandler(store, follower.register);
    const page = await handler.execute(new EventsOf(Scope.nation, account, after, limit));
    if (page === null)
      throw new UserError(
        `there is no account ${account}; they are written 00, 31.71.01.1001, B.2017-A or E.<case>`,
      );
    return page;
  } finally {
    await store.close();
  }
}

/** What an entry is about, in a few words. */
function gist({ data }: EventAnswer): string {
  if ('shipmentId' in data && typeof data.shipmentId === 'string')
    return 'to' in data ? `${data.shipmentId} to ${data.to}` : data.shipmentId;
  if ('serial' in data) return data.serial;
  if ('reason' in data && typeof data.reason === 'string') return data.reason;
  return data.note;
}

function printEvents(account: string, { items, next, hasMore }: EventsPage): void {
  if (items.length === 0) {
    print(next === null ? `nothing is on record for ${account}` : `nothing follows ${next}`);
    return;
  }
  printTable(
    ['revision', 'recorded', 'occurred', 'event', 'about', 'by'],
    items.map((event) => [
      event.revision,
      event.metadata.recordedAt,
      'occurredAt' in event.data ? event.data.occurredAt.value : '',
      event.type,
      gist(event),
      event.metadata.actor.id,
    ]),
  );
  if (hasMore && next !== null) print(`there are more: --after ${next}`);
}

/** See {@link eventsOfAccount}. */
export async function runEvents(
  settings: Settings,
  account: string,
  options: { readonly after?: string; readonly limit: number; readonly json: boolean },
): Promise<void> {
  const { after = null, limit, json } = options;
  const page = await eventsOfAccount(settings, account, { after, limit });
  if (json) printJson(page);
  else printEvents(account, page);
}
