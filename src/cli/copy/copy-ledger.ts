import type { EventStore, RecordedEvent } from '../../event-store/event-store.js';
import { UserError } from '../user-error.js';
import { contentOf, readContent, type LogContent } from './log-content.js';

/** An append takes so many events, or so many characters of them, at most. */
const MAX_EVENTS = 500;
const MAX_CHARACTERS = 200_000;

export type CopyStep = 'compare' | 'copy' | 'verify';

export interface CopyOptions {
  /** Called as a step goes on: events so far. */
  readonly onProgress?: ((step: CopyStep, events: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface CopiedLedger extends LogContent {
  /** Of all the events, those that the target held before. */
  readonly already: number;
}

/**
 * Copies a log, event for event, to where there is none, or goes on with a copy that was broken off:
 * what the target holds must be how the source begins. Then reads both from the start and compares count
 * and hash. Positions are the target's own; all else, the order too, is the source's. What is recorded in the
 * source meanwhile may or may not be among it; nobody else may write the target.
 * @throws {UserError} the target holds something else, or more than the source
 * @throws the signal's reason when it aborts; run again, it goes on from there
 */
export async function copyLedger(
  source: EventStore,
  target: EventStore,
  { onProgress, signal }: CopyOptions = {},
): Promise<CopiedLedger> {
  const events = eventsOf(source, signal);
  const already = await passOver(events, target, (count) => onProgress?.('compare', count), signal);
  let total = already;
  for await (const run of runsOf(events)) {
    signal?.throwIfAborted();
    const [first] = run;
    const expected = first.revision === 0n ? 'no_stream' : first.revision - 1n;
    await target.append(first.stream, expected, run);
    total += run.length;
    onProgress?.('copy', total);
  }
  return { already, ...(await verified(source, target, total, onProgress)) };
}

async function verified(
  source: EventStore,
  target: EventStore,
  total: number,
  onProgress: CopyOptions['onProgress'],
): Promise<LogContent> {
  let read = 0;
  const onEvents = (more: number): void => {
    read += more;
    onProgress?.('verify', Math.floor(read / 2));
  };
  const ours = await readContent(source, total, onEvents);
  // One more than was copied would be somebody else's.
  const copied = await readContent(target, total + 1, onEvents);
  const isSame = copied.events === total && copied.sha256 === ours.sha256;
  if (isSame) return copied;
  throw new UserError(
    `the copy differs: ${total} events of ${ours.sha256} were copied, ` +
      `${copied.events} of ${copied.sha256} are there; somebody else has written it`,
  );
}

async function* eventsOf(
  store: EventStore,
  signal: AbortSignal | undefined,
): AsyncGenerator<RecordedEvent, void, undefined> {
  for await (const batch of store.readAll({ signal })) yield* batch;
}

/** Takes from `events` what the target holds already, and compares each. Returns how many. */
async function passOver(
  events: AsyncGenerator<RecordedEvent, void, undefined>,
  target: EventStore,
  onEvents: (count: number) => void,
  signal: AbortSignal | undefined,
): Promise<number> {
  let count = 0;
  for await (const batch of target.readAll({ signal })) {
    for (const held of batch) {
      const { value, done } = await events.next();
      if (done === true)
        throw new UserError(
          `the target holds more than the source, which ends after ${count} events`,
        );
      count++;
      if (contentOf(value) !== contentOf(held))
        throw new UserError(
          `the target holds another ledger: its event ${count} is ${held.type} ${held.id} at ` +
            `${held.stream} revision ${held.revision}, in the source it is ${value.type} ${value.id} ` +
            `at ${value.stream} revision ${value.revision}`,
        );
    }
    onEvents(count);
  }
  return count;
}

type Run = [RecordedEvent, ...RecordedEvent[]];

/** Events of one stream that follow each other. */
async function* runsOf(events: AsyncIterable<RecordedEvent>): AsyncGenerator<Run, void, undefined> {
  let run: Run | null = null;
  let characters = 0;
  for await (const event of events) {
    const size = contentOf(event).length;
    const isFull =
      run !== null &&
      (run[0].stream !== event.stream ||
        run.length === MAX_EVENTS ||
        characters + size > MAX_CHARACTERS);
    if (run !== null && !isFull) {
      run.push(event);
      characters += size;
      continue;
    }
    if (run !== null) yield run;
    run = [event];
    characters = size;
  }
  if (run !== null) yield run;
}
