import type { HeldState } from '../../src/custody/account/events.js';
import type { NaiveBooks, NaiveMove, NaiveStream } from './naive-books.js';
import { into, moveAll, one, printed, split, type Effect } from './naive-moves.js';
import { serialsOf } from './naive-text.js';
import type { Step, StepOf } from './steps.js';

/** Puts serials on the road under the account's next number. */
function send(
  ledger: NaiveBooks,
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

export function dispatched(
  ledger: NaiveBooks,
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

export function received(ledger: NaiveBooks, step: StepOf<'ReceiveShipment'>): Effect {
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

export function refused(
  ledger: NaiveBooks,
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

export function surrendered(
  ledger: NaiveBooks,
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

export function missing(ledger: NaiveBooks, step: StepOf<'ReportMissing'>): Effect {
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
