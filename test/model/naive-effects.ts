import type { HeldState } from '../../src/custody/account/events.js';
import type { OccurredAt } from '../../src/custody/occurrence.js';
import type {
  NaiveEvent,
  NaiveLedger,
  NaiveMove,
  NaivePlace,
  NaiveState,
  NaiveStream,
} from './naive-ledger.js';
import { serialsOf } from './naive-text.js';
import type { Step, StepOf } from './steps.js';

interface Effect {
  readonly events: readonly NaiveEvent[];
  /** When what the entry refers to happened. */
  readonly cause: OccurredAt | null;
}

type Split = Readonly<Record<HeldState, readonly string[]>>;

function split(serials: readonly string[], states: ReadonlyMap<string, HeldState>): Split {
  const of = (state: HeldState): readonly string[] =>
    serials.filter((serial) => states.get(serial) === state).sort();
  return { usable: of('usable'), invalid: of('invalid') };
}

function moveAll(
  ledger: NaiveLedger,
  serials: readonly string[],
  to: (serial: string) => NaivePlace,
): readonly NaiveMove[] {
  return serials.map((serial) => ({
    serial,
    from: ledger.places.get(serial) ?? null,
    to: to(serial),
  }));
}

function into(ledger: NaiveLedger, account: string, state: NaiveState, serials: readonly string[]) {
  return moveAll(ledger, serials, () => ({ account, state }));
}

function one(type: string, data: NaiveEvent['data'], moves: readonly NaiveMove[] = []): Effect {
  return { events: [{ type, data, moves }], cause: null };
}

/** Puts serials on the road under the account's next number. */
function send(
  ledger: NaiveLedger,
  step: Step,
  clock: number,
  stream: NaiveStream,
  shipment: {
    readonly consignee: string;
    readonly expectedBy: number | null;
    readonly isSurrender: boolean;
    readonly manifest: ReadonlyMap<string, HeldState>;
  },
): { readonly id: string; readonly moves: readonly NaiveMove[] } {
  stream.sent += 1;
  const id = `${step.account}-${String(stream.sent).padStart(6, '0')}`;
  const { account: consignor, at } = step;
  ledger.shipments.set(id, { ...shipment, id, consignor, at, recordedAt: clock });
  const { manifest } = shipment;
  const moves = moveAll(ledger, [...manifest.keys()], (serial) => ({
    shipment: id,
    state: manifest.get(serial) ?? 'usable',
  }));
  return { id, moves };
}

function dispatched(
  ledger: NaiveLedger,
  step: StepOf<'DispatchShipment'>,
  clock: number,
  stream: NaiveStream,
): Effect {
  const manifest = new Map<string, HeldState>();
  const packages = step.packages.map(({ usable, invalid }) => {
    for (const serial of serialsOf(usable)) manifest.set(serial, 'usable');
    for (const serial of serialsOf(invalid)) manifest.set(serial, 'invalid');
    return { usable: [...serialsOf(usable)].sort(), invalid: [...serialsOf(invalid)].sort() };
  });
  const expectedBy = Date.parse(step.expectedBy);
  const { id, moves } = send(ledger, step, clock, stream, {
    consignee: step.to,
    expectedBy,
    isSurrender: false,
    manifest,
  });
  const { to, basis, approval } = step;
  return one('ShipmentDispatched', { shipmentId: id, to, basis, packages, approval }, moves);
}

function received(ledger: NaiveLedger, step: StepOf<'ReceiveShipment'>): Effect {
  const open = ledger.open(step.shipment);
  const [asStated, damaged, missing] = [step.asStated, step.damaged, step.missing].map((texts) =>
    serialsOf(texts),
  ) as [readonly string[], readonly string[], readonly string[]];
  const { account, shipment: shipmentId, approval } = step;
  const moves = [
    ...moveAll(ledger, asStated, (serial) => ({ account, state: open.get(serial) ?? 'usable' })),
    ...into(ledger, account, 'invalid', damaged),
    ...into(ledger, account, 'missing', missing),
  ];
  const data = {
    shipmentId,
    asStated: split(asStated, open),
    damaged: split(damaged, open),
    missing: split(missing, open),
    unexpected: [...serialsOf(step.unexpected)].sort(),
    approval,
  };
  const cause = ledger.shipments.get(shipmentId)?.at ?? null;
  return { ...one('ShipmentReceived', data, moves), cause };
}

function refused(
  ledger: NaiveLedger,
  step: StepOf<'RefuseShipment'>,
  clock: number,
  stream: NaiveStream,
): Effect {
  const shipment = ledger.shipments.get(step.shipment);
  if (shipment === undefined) throw new Error('nothing to refuse');
  const manifest = ledger.open(step.shipment);
  const { id, moves } = send(ledger, step, clock, stream, {
    consignee: shipment.consignor,
    expectedBy: null,
    isSurrender: false,
    manifest,
  });
  const data = {
    shipmentId: step.shipment,
    newShipmentId: id,
    to: shipment.consignor,
    ...split([...manifest.keys()], manifest),
  };
  return { ...one('ShipmentRefused', data, moves), cause: shipment.at };
}

function printed(serial: string): string {
  const [batch = '', number = ''] = serial.split('/');
  return `${batch}/${number.padStart(9, '0')}`;
}

function issued(ledger: NaiveLedger, step: StepOf<'IssueBlanks'>): Effect {
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

function surrendered(
  ledger: NaiveLedger,
  step: StepOf<'SurrenderCard'>,
  clock: number,
  stream: NaiveStream,
): Effect {
  const [serial = ''] = serialsOf([step.serial]);
  const cause =
    stream.entries.findLast(
      ({ type, moves }) => type === 'BlankIssued' && moves[0]?.serial === serial,
    )?.at ?? null;
  const facts = { serial: printed(serial), to: step.handedInAt };
  if (step.handedInAt === step.account) {
    const moves = into(ledger, step.account, 'invalid', [serial]);
    return { ...one('CardSurrendered', { ...facts, shipmentId: null }, moves), cause };
  }
  const { id, moves } = send(ledger, step, clock, stream, {
    consignee: step.handedInAt,
    expectedBy: null,
    isSurrender: true,
    manifest: new Map([[serial, 'invalid']]),
  });
  return { ...one('CardSurrendered', { ...facts, shipmentId: id }, moves), cause };
}

function missing(ledger: NaiveLedger, step: StepOf<'ReportMissing'>): Effect {
  const serials = serialsOf(step.serials);
  const { account, shipment } = step;
  const from = split(serials, shipment === null ? ledger.held(account) : ledger.open(shipment));
  const data = { fromUsable: from.usable, fromInvalid: from.invalid, shipmentId: shipment };
  const cause = shipment === null ? null : (ledger.shipments.get(shipment)?.at ?? null);
  return {
    ...one('BlanksReportedMissing', data, into(ledger, account, 'missing', serials)),
    cause,
  };
}

function counted(
  ledger: NaiveLedger,
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

function reversed(ledger: NaiveLedger, step: StepOf<'ReverseEntry'>, stream: NaiveStream): Effect {
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
  ledger: NaiveLedger,
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
  ledger: NaiveLedger,
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
