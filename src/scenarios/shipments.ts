import { createHash } from 'node:crypto';
import {
  DispatchShipmentBody,
  DispatchShipmentCommand,
} from '../commands/dispatch-shipment.command.js';
import { ProcureBatchCommand, ProcureBatchBody } from '../commands/procure-batch.command.js';
import {
  ReceiveShipmentBody,
  ReceiveShipmentCommand,
} from '../commands/receive-shipment.command.js';
import {
  RecordProductionBody,
  RecordProductionCommand,
} from '../commands/record-production.command.js';
import { shipmentIdOf, type AccountId } from '../custody/account/account-id.js';
import type { BatchCode } from '../custody/serials/serial-number.js';
import type { SerialRange } from '../custody/serials/serial-range.js';
import { partsOf, SerialPile, textsOf } from './serial-pile.js';
import {
  headOf,
  later,
  MINISTRY_OFFICER,
  officerOf,
  stated,
  VENDOR_OFFICER,
  withOffset,
  type Story,
  bodyOf,
} from './story.js';

/** Cards in a carton, the smallest sealed package that travels. */
export const CARTON = 500;
/** Cards on a pallet: twenty cartons. */
const PALLET = 20 * CARTON;

/** A contract is signed. */
export function procure(
  story: Story,
  at: string,
  batch: Pick<ProcureBatchBody, 'batch' | 'contract' | 'vendor' | 'quantity'>,
): void {
  const { quantity } = batch;
  const body = {
    ...batch,
    signedOn: at.slice(0, 10),
    serialMax: quantity,
    cardOrigin: 'ID',
    // Until 2018 no chip of an e-KTP was made in the country.
    chipOrigin: 'abroad',
    occurredAt: stated(at),
  };
  story.tell(at, {
    account: `B.${batch.batch}`,
    what: 'procure',
    actor: MINISTRY_OFFICER,
    approver: headOf('00'),
    command: (envelope, approval) =>
      new ProcureBatchCommand(envelope, bodyOf(ProcureBatchBody, { ...body, approval })),
  });
}

/** The vendor delivers an instalment into its own store. */
export function produce(
  story: Story,
  at: string,
  { batch, first, last }: { batch: BatchCode; first: number; last: number },
): void {
  const account = `B.${batch}`;
  const books = story.booksOf(account);
  books.usable.add([{ batch, first, last }]);
  const rows = last - first + 1;
  const sha256 = createHash('sha256').update(`${batch} ${first}..${last}`).digest('hex');
  const body = {
    occurredAt: stated(at),
    serials: textsOf([{ batch, first, last }]),
    deliveryNo: `${batch}/${String(last).padStart(9, '0')}`,
    qualitySample: { size: Math.min(500, rows), defects: 0 },
    chipManifest: { sha256, rows, format: 'csv' },
  };
  story.tell(at, {
    account,
    what: 'produce',
    actor: VENDOR_OFFICER,
    command: (envelope) =>
      new RecordProductionCommand(envelope, account, bodyOf(RecordProductionBody, body)),
  });
}

/** What a story remembers of a shipment until it arrives. */
export interface Sent {
  readonly shipmentId: string;
  readonly to: string;
  readonly ranges: readonly SerialRange[];
  readonly packages: readonly SentPackage[];
}

interface SentPackage {
  readonly label: string;
  readonly kind: string;
  readonly seal: string;
  readonly usable: string[];
}

interface Dispatch {
  readonly from: string;
  readonly to: string;
  readonly quantity: number;
  readonly expectedBy: string;
  readonly carrier?: string;
}

/** Whole pallets, then cartons; labels are told from the first serial of each package. */
function packed(ranges: readonly SerialRange[]): readonly SentPackage[] {
  const pile = new SerialPile(ranges);
  const pallets = partsOf(pile.take(pile.size - (pile.size % PALLET)), PALLET);
  const cartons = partsOf(pile.ranges, CARTON);
  const named = (kind: string, mark: string) => (part: readonly SerialRange[]) => {
    const [{ batch, first } = { batch: '', first: 0 }] = part;
    const number = String(first).padStart(9, '0');
    return {
      label: `${mark}-${batch}-${number}`,
      kind,
      seal: `S${mark}${number}`,
      usable: textsOf(part),
    };
  };
  return [...pallets.map(named('palet', 'P')), ...cartons.map(named('dus', 'D'))];
}

/** Usable blanks leave. A second person approves whatever is more than a carton, or leaves a vendor or the centre. */
export function dispatch(story: Story, at: string, order: Dispatch): Sent {
  const { from, to, quantity, expectedBy, carrier = 'Jasa Angkut Nasional (contoh)' } = order;
  const books = story.booksOf(from);
  const ranges = books.usable.take(quantity);
  books.shipmentsSent += 1;
  const shipmentId = shipmentIdOf(from as AccountId, books.shipmentsSent);
  const packages = packed(ranges);
  const office = from.startsWith('B.') ? '00' : from;
  const body = {
    occurredAt: stated(at),
    to,
    basis: 'allocation' as const,
    packages: [...packages],
    carrier,
    expectedBy: withOffset(expectedBy),
    paperNumber: `SJ/${shipmentId}/${at.slice(0, 4)}`,
  };
  const needsApproval = quantity > CARTON || office === '00';
  story.tell(at, {
    account: from,
    what: `dispatch-${to}`,
    actor: from.startsWith('B.') ? VENDOR_OFFICER : officerOf(office),
    ...(needsApproval ? { approver: headOf(office) } : {}),
    command: (envelope, approval) =>
      new DispatchShipmentCommand(
        envelope,
        from,
        bodyOf(DispatchShipmentBody, { ...body, approval }),
      ),
  });
  return { shipmentId, to, ranges, packages };
}

/** A shipment arrives; of its packages, the last `short` did not, and all they held is missing. */
export function receive(
  story: Story,
  at: string,
  { shipmentId, to, packages, ranges }: Sent,
  short = 0,
): void {
  const arrived = packages.slice(0, packages.length - short);
  const absent = packages.slice(packages.length - short);
  const pile = new SerialPile(ranges);
  const missing = absent.length * CARTON;
  story.booksOf(to).usable.add(pile.take(pile.size - missing));
  const body = {
    // The paper is signed at the gate, and entered half an hour later.
    occurredAt: stated(later(at, -30)),
    account: to,
    asStated: arrived.flatMap(({ usable }) => usable),
    missing: absent.flatMap(({ usable }) => usable),
    sealChecks: arrived.map(({ label, seal }) => ({ label, seal, isIntact: true })),
    note: short === 0 ? '' : `${short} dus tidak ada di kendaraan saat tiba`,
  };
  story.tell(at, {
    account: to,
    what: `receive-${shipmentId}`,
    actor: officerOf(to),
    command: (envelope) =>
      new ReceiveShipmentCommand(envelope, shipmentId, bodyOf(ReceiveShipmentBody, body)),
  });
}
