import type { CustodyEvent, CustodyEventOf } from '../../custody/account/events.js';
import { postingsOf, reversedPostings } from '../../custody/account/postings.js';
import { decodeEvent } from '../../event-store/codec/event-codec.js';
import type { Recorded } from '../../event-store/codec/ledger-event.js';
import type { EventStore } from '../../event-store/event-store.js';
import { accountEntry } from '../projection.js';
import type { BookFault } from './national-books.js';

const MINISTRY = 'ministry';

/** Whether a reversal undoes exactly the entry it names, once, by whom it takes. */
export class ReversalAudit {
  readonly #reversed = new Set<string>();

  constructor(private readonly store: EventStore) {}

  /** Reads the entry that is reversed; of other events it knows nothing. */
  async faultsOf(event: Recorded<CustodyEvent>): Promise<readonly BookFault[]> {
    if (event.type !== 'EntryReversed') return [];
    const { data, stream } = event;
    const key = `${stream} ${data.revision}`;
    const faults: BookFault[] = [];
    if (this.#reversed.has(key))
      faults.push(reversalFault(event, `entry ${data.revision} is reversed`, 'once', 'again'));
    this.#reversed.add(key);
    const entry = BigInt(data.revision) < event.revision ? await this.#entry(event) : null;
    if (entry?.id !== data.eventId || entry.type !== data.entryType) {
      const expected = `${data.entryType} ${data.eventId}`;
      const actual = entry === null ? 'no earlier entry' : `${entry.type} ${entry.id}`;
      return [...faults, reversalFault(event, `entry ${data.revision}`, expected, actual)];
    }
    const expected = JSON.stringify(reversedPostings(postingsOf(entry)));
    const actual = JSON.stringify(inOrder(data.postings));
    if (JSON.stringify(inOrder(reversedPostings(postingsOf(entry)))) !== actual)
      faults.push(
        reversalFault(event, `what the reversal of ${data.revision} moves`, expected, actual),
      );
    if (data.entryType === 'BlanksDestroyed') {
      const roles = [event.metadata.actor.role, data.approval.by.role];
      if (roles.some((role) => role !== MINISTRY))
        faults.push(
          reversalFault(
            event,
            'who reverses a destruction',
            'two of the ministry',
            roles.join(', '),
          ),
        );
    }
    return faults;
  }

  async #entry(
    event: Recorded<CustodyEventOf<'EntryReversed'>>,
  ): Promise<Recorded<CustodyEvent> | null> {
    const from = BigInt(event.data.revision);
    for await (const batch of this.store.readStream(event.stream, { from, max: 1 }))
      for (const recorded of batch) return accountEntry(decodeEvent(recorded))?.event ?? null;
    return null;
  }
}

/** The stored form orders the keys of objects by name; ours may be in any order. */
function inOrder(postings: CustodyEventOf<'EntryReversed'>['data']['postings']): unknown {
  const place = ({ place, ...rest }: (typeof postings)[number]['from']): readonly unknown[] =>
    'shipmentId' in rest ? [place, rest.shipmentId, rest.state] : [place];
  return postings.map(({ from, to, serials }) => [
    place(from),
    place(to),
    serials.map(({ batch, ranges }) => [batch, ranges]),
  ]);
}

/** What was destroyed would come back, which only a true reversal may do. */
function reversalFault(
  { data }: CustodyEventOf<'EntryReversed'>,
  what: string,
  expected: string,
  actual: string,
): BookFault {
  const isFinal = data.postings.some(({ from }) => from.place === 'destroyed');
  return { check: isFinal ? 'issued_once' : 'account_rules', what, expected, actual };
}
