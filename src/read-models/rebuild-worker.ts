import { parentPort } from 'node:worker_threads';
import { decodeEvent } from '../event-store/codec/event-codec.js';
import { LogCorrupt, type LogPart, type LogPartReader } from '../event-store/event-store.js';
import type { LogSegment } from './log-segment.js';
import { SegmentBuilder } from './segment-builder.js';

/*
 * A thread of a rebuild: reads parts of the log, and hands each on as a segment. That is most of the work: texts
 * are read, parsed where they must be, and issuances made columns.
 */

export type RebuildWorkerRequest = LogPart;

export type RebuildWorkerAnswer =
  | { readonly kind: 'read'; readonly segment: LogSegment }
  | { readonly kind: 'corrupt'; readonly message: string };

parentPort?.on('message', (request: RebuildWorkerRequest) => {
  void answer(request).then((it) => {
    parentPort?.postMessage(it, it.kind === 'read' ? buffersOf(it.segment) : []);
  });
});

async function answer({ module, source }: LogPart): Promise<RebuildWorkerAnswer> {
  try {
    const { readLogPart } = (await import(module)) as LogPartReader;
    const builder = new SegmentBuilder();
    for (const batch of readLogPart(source, (run) => builder.addTexts(run)))
      for (const recorded of batch) builder.add(decodeEvent(recorded));
    return { kind: 'read', segment: builder.take() };
  } catch (error) {
    if (error instanceof LogCorrupt) return { kind: 'corrupt', message: error.message };
    throw error;
  }
}

/** What changes hands instead of being copied. */
function buffersOf({ issuances, eventTimes }: LogSegment): ArrayBuffer[] {
  const arrays = Object.values(issuances).filter((it) => ArrayBuffer.isView(it));
  return [...arrays, eventTimes].map(({ buffer }) => buffer as ArrayBuffer);
}
