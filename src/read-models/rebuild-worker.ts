import { parentPort, workerData } from 'node:worker_threads';
import { accountOfStream } from '../custody/account/account-id.js';
import { decodeEvent } from '../event-store/codec/event-codec.js';
import type { Recorded } from '../event-store/codec/ledger-event.js';
import { issuanceRun } from '../event-store/codec/issuance-run.js';
import {
  LogCorrupt,
  type LogPart,
  type LogPartReader,
  type TextRun,
} from '../event-store/event-store.js';
import type { Gathered } from './bulk-rebuild.js';
import { asEventFold, bulkEntries, concerns, EventFolds, RebuildFailed } from './event-folds.js';
import { PROJECTIONS } from './projections.js';
import type { Halt } from './registry.js';

/*
 * A thread of a rebuild: reads parts of the log, gathers what they come to for the projections that
 * can be gathered in bulk, and hands on the events that the others need.
 */

/** What the thread is started with. */
export interface RebuildWorkerData {
  /** Names of the projections to be rebuilt. */
  readonly projections: readonly string[];
}

/** A part of the log, or 'end': then what was gathered is wanted. */
export type RebuildWorkerRequest = LogPart | 'end';

export type RebuildWorkerAnswer =
  | {
      readonly kind: 'folded';
      readonly events: number;
      /** Those that concern projections which take event by event. */
      readonly handedOn: readonly Recorded[];
    }
  | { readonly kind: 'gathered'; readonly gathered: Gathered }
  | {
      readonly kind: 'halted';
      readonly projection: string;
      readonly halt: Halt;
    }
  | { readonly kind: 'corrupt'; readonly message: string };

const { projections: names } = workerData as RebuildWorkerData;
const wanted = PROJECTIONS.filter(({ name }) => names.includes(name));
const entries = bulkEntries(wanted);
const folds = new EventFolds(entries.map(asEventFold));
const others = wanted.filter(({ bulk }) => bulk === undefined);
/** Whether nobody needs issuances as events. */
const isSkimming =
  !concernsOthers('BlankIssued') && entries.every(({ bulk }) => bulk.takeIssuances !== undefined);

parentPort?.on('message', (request: RebuildWorkerRequest) => {
  void answer(request).then((it) => {
    parentPort?.postMessage(it);
  });
});

async function answer(request: RebuildWorkerRequest): Promise<RebuildWorkerAnswer> {
  if (request === 'end') {
    const gathered = entries.map(
      ({ projection, bulk }) => [projection.name, bulk.gathered()] as const,
    );
    return { kind: 'gathered', gathered: new Map(gathered) };
  }
  try {
    return await folded(request);
  } catch (error) {
    if (error instanceof RebuildFailed) {
      const { projection, halt } = error;
      return { kind: 'halted', projection, halt };
    }
    if (error instanceof LogCorrupt) return { kind: 'corrupt', message: error.message };
    throw error;
  }
}

async function folded({ module, source }: LogPart): Promise<RebuildWorkerAnswer> {
  const { readLogPart } = (await import(module)) as LogPartReader;
  const handedOn: Recorded[] = [];
  let events = 0;
  const skim = (run: TextRun): boolean => {
    const isTaken = tookIssuances(run);
    if (isTaken) events += run.texts.length;
    return isTaken;
  };
  for (const batch of readLogPart(source, isSkimming ? skim : undefined)) {
    for (const recorded of batch) {
      const event = decodeEvent(recorded);
      folds.take(event);
      if (concernsOthers(event.type)) handedOn.push(event);
    }
    events += batch.length;
  }
  return { kind: 'folded', events, handedOn };
}

/** False, with nothing done, where the run is to be decoded event by event. */
function tookIssuances({ stream, position, texts }: TextRun): boolean {
  const account = accountOfStream(stream);
  const run = account === null ? null : issuanceRun(texts);
  if (account === null || run === null) return false;
  for (const { bulk } of entries) bulk.takeIssuances?.({ ...run, account, position });
  return true;
}

function concernsOthers(type: Recorded['type']): boolean {
  return others.some((projection) => concerns(projection, type));
}
