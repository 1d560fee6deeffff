import type { HeldState } from '../../src/custody/account/events.js';
import type { NaiveEvent, NaiveBooks, NaiveStream } from './naive-books.js';
import { into, one, printed, split, type Effect } from './naive-moves.js';
import { dispatched, missing, received, refused, surrendered } from './naive-shipment-effects.js';
import { serialsOf } from './naive-text.js';
import type { Step, StepOf } from './steps.js';

function issued(ledger: NaiveBooks, step: StepOf<'IssueBlanks'>): Effect {
  const events = step.issuances.map(({ serial: text, replaces, chipUid }) => {
    const [serial = ''] = serialsOf([text]);
    const [replaced] = replaces === null ? [] : serialsOf([replaces]);
    const data = {
      serial: printed(serial),
      replaces: replaced === undefined ? null : printed(replaced),
      chipUid,
    };
    return { type: 'BlankIssued', data, moves: into(ledger, step.account, 'issued', [serial]) };
  });
  return { events, cause: null };
}

function counted(
  ledger: NaiveBooks,
  step: StepOf<'CountStock'> | StepOf<'HandOverCustody'>,
  stream: NaiveStream,
): NaiveEvent {
  const { account, states, batches, bookRevision } = step;
  const inScope = (serial: string, state: HeldState | undefined): boolean =>
    state !== undefined &&
    states.includes(state) &&
    (batches === null || batches.includes(serial.split('/')[0] ?? ''));
  const then = stream.entries[bookRevision]?.heldAfter ?? new Map<string, HeldState>();
  const now = ledger.held(account);
  const seenUsable = serialsOf(step.seenUsable);
  const seenInvalid = serialsOf(step.seenInvalid);
  const seen = [...seenUsable, ...seenInvalid];
  const all = [...new Set([...then.keys(), ...now.keys()])].sort();
  const isThen = (serial: string): boolean => inScope(serial, then.get(serial));
  const isNow = (serial: string): boolean => inScope(serial, now.get(serial));
  const short = all.filter((serial) => isThen(serial) && !seen.includes(serial) && now.has(serial));
  const data = {
    bookRevision: String(bookRevision),
    short: split(short, now),
    surplus: seen.filter((serial) => !then.has(serial) && !now.has(serial)).sort(),
    misclassified: [
      ...seenUsable.filter((serial) => then.get(serial) === 'invalid'),
      ...seenInvalid.filter((serial) => then.get(serial) === 'usable'),
    ].sort(),
    moved: all.filter((serial) => isThen(serial) !== isNow(serial)),
  };
  return { type: 'StockCounted', data, moves: into(ledger, account, 'missing', short) };
}

function reversed(ledger: NaiveBooks, step: StepOf<'ReverseEntry'>, stream: NaiveStream): Effect {
  const entry = stream.entries[step.revision];
  if (entry === undefined) throw new Error('nothing to reverse');
  entry.isReversed = true;
  stream.unnumbered += entry.unnumbered;
  const moves = entry.moves.map(({ serial, from, to }) => {
    if (from === null) throw new Error('production is never reversed');
    return { serial, from: to, to: from };
  });
  const { revision, approval } = step;
  const data = { revision: String(revision), entryType: entry.type, approval };
  return one('EntryReversed', { ...data, unnumbered: entry.unnumbered }, moves);
}

function batchEffect(
  ledger: NaiveBooks,
  step: StepOf<'ProcureBatch'> | StepOf<'RecordProduction'> | StepOf<'CloseBatch'>,
): Effect {
  const { account } = step;
  if (step.kind === 'ProcureBatch') {
    const { contract, quantity, serialMax, approval } = step;
    ledger.batches.set(account, { contract, quantity, serialMax, isClosed: false });
    return one('BatchProcured', { contract, quantityContracted: quantity, serialMax, approval });
  }
  if (step.kind === 'RecordProduction') {
    const serials = [...serialsOf(step.serials)].sort();
    return one('BlanksProduced', { serials }, into(ledger, account, 'usable', serials));
  }
  const run = ledger.batches.get(account);
  if (run === undefined) throw new Error('no batch to close');
  run.isClosed = true;
  const code = account.slice(2);
  const made = [...ledger.places.keys()].filter((serial) => serial.startsWith(`${code}/`)).length;
  return one('BatchClosed', { shortage: run.quantity - made, reason: step.reason });
}

/** What an accepted step does; the moves are made by the ledger. */
export function applied(
  ledger: NaiveBooks,
  step: Step,
  clock: number,
  stream: NaiveStream,
): Effect {
  const { account } = step;
  switch (step.kind) {
    case 'ProcureBatch':
    case 'RecordProduction':
    case 'CloseBatch':
      return batchEffect(ledger, step);
    case 'DispatchShipment':
      return dispatched(ledger, step, clock, stream);
    case 'ReceiveShipment':
      return received(ledger, step);
    case 'RefuseShipment':
      return refused(ledger, step, clock, stream);
    case 'IssueBlanks':
      return issued(ledger, step);
    case 'SurrenderCard':
      return surrendered(ledger, step, clock, stream);
    case 'RecordSpoilage': {
      const serials = [...serialsOf(step.serials)].sort();
      return one('BlanksSpoiled', { serials }, into(ledger, account, 'invalid', serials));
    }
    case 'DestroyBlanks': {
      const serials = [...serialsOf(step.serials)].sort();
      const { unnumbered, approval, witnesses } = step;
      stream.unnumbered -= unnumbered;
      const data = { serials, unnumbered, witnesses, approval };
      return one('BlanksDestroyed', data, into(ledger, account, 'destroyed', serials));
    }
    case 'ReportMissing':
      return missing(ledger, step);
    case 'RecoverBlanks': {
      const serials = [...serialsOf(step.serials)].sort();
      return one(
        'BlanksRecovered',
        { serials, as: step.as },
        into(ledger, account, step.as, serials),
      );
    }
    case 'CountStock':
      return { events: [counted(ledger, step, stream)], cause: null };
    case 'HandOverCustody': {
      stream.custodian = step.to;
      const change = {
        type: 'CustodianChanged',
        data: { from: step.from, to: step.to },
        moves: [],
      };
      return { events: [counted(ledger, step, stream), change], cause: null };
    }
    case 'ReverseEntry':
      return reversed(ledger, step, stream);
    case 'CorrectOccurrence': {
      const { revision, correctedTo } = step;
      return one('OccurrenceCorrected', { revision: String(revision), correctedTo });
    }
    case 'ReportTransitIncident': {
      const cause = ledger.shipments.get(step.shipment)?.at ?? null;
      return { ...one('TransitIncidentReported', { shipmentId: step.shipment }), cause };
    }
    case 'RecordUnnumbered':
      stream.unnumbered += step.count;
      return one('UnnumberedCardsRecorded', { count: step.count });
    case 'RecordFinding': {
      ledger.findings.set(account, { at: step.at, isResolved: false });
      const { illegibleCount } = step;
      const serials = [...serialsOf(step.serials)].sort();
      return one('FindingRecorded', { findingId: account, serials, illegibleCount });
    }
    case 'ResolveFinding': {
      const finding = ledger.findings.get(account);
      if (finding !== undefined) finding.isResolved = true;
      return one('FindingResolved', { how: step.how, eventIds: step.eventIds });
    }
    case 'ReportDemand':
      return one('DemandReported', { byReason: { backlog: step.waiting } });
  }
}
