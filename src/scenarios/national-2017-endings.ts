import { createHash } from 'node:crypto';
import { DestroyBlanksBody, DestroyBlanksCommand } from '../commands/destroy-blanks.command.js';
import {
  DispatchShipmentBody,
  DispatchShipmentCommand,
} from '../commands/dispatch-shipment.command.js';
import { RecordFindingBody, RecordFindingCommand } from '../commands/record-finding.command.js';
import { ResolveFindingBody, ResolveFindingCommand } from '../commands/resolve-finding.command.js';
import { shipmentIdOf, type AccountId } from '../custody/account/account-id.js';
import { assert } from '../custody/assert.js';
import { formatSerialNumber } from '../custody/serials/serial-number.js';
import { recover } from './counter.js';
import type { Overlooked } from './national-2017-printing.js';
import { isOneOf, tellReceipt, type EveryNth } from './national-2017-shipments.js';
import { JAKARTA } from './offices.js';
import type { PrintingOffice } from './printing-office.js';
import { textsOf } from './serial-pile.js';
import { bodyOf, headOf, later, officerOf, stated, type Story, withOffset } from './story.js';

/** Offices one of whose cards is found in the open. */
const DROPPED: EveryNth = { every: 60, first: 20 };

interface FoundCards {
  readonly finding: string;
  readonly at: string;
  readonly serials: string[];
  readonly place: string;
}

/** On one day things turn up, the next day the books are put right, and the day after each case is closed. */
export function findAgain(
  story: Story,
  day: string,
  overlooked: readonly Overlooked[],
  offices: readonly PrintingOffice[],
): void {
  const entries = new Map<string, string>();
  const nameOf = (kind: string, nth: number): string =>
    `${kind}-${day.slice(0, 4)}-${String(nth + 1).padStart(3, '0')}`;
  const dropped = offices.filter(({ latest }, at) => latest !== null && isOneOf(at, DROPPED));
  overlooked.forEach(({ ranges }, nth) => {
    const place = 'lemari arsip yang dipindahkan';
    const serials = textsOf(ranges);
    recordFinding(story, { finding: nameOf('L', nth), at: `${day}T09:00`, serials, place });
  });
  dropped.forEach(({ latest }, nth) => {
    const serials = latest === null ? [] : [formatSerialNumber(latest)];
    const place = 'semak di tepi jalan';
    recordFinding(story, { finding: nameOf('K', nth), at: `${day}T09:00`, serials, place });
  });
  const nextDay = later(`${day}T10:00`, 1_440);
  overlooked.forEach(({ office, ranges }, nth) => {
    recover(story, nextDay, {
      office,
      ranges,
      place: 'lemari arsip yang dipindahkan',
      onRecorded: (eventId) => {
        entries.set(nameOf('L', nth), eventId);
      },
    });
  });
  dropped.forEach((office, nth) => {
    const finding = nameOf('K', nth);
    office.surrenderFound(nextDay, finding, (eventId) => {
      entries.set(finding, eventId);
    });
  });
  const end = later(nextDay, 1_440);
  const resolve = (finding: string, how: ResolveFindingBody['how']): void => {
    resolveFinding(story, end, finding, how, () => entries.get(finding));
  };
  overlooked.forEach((_, nth) => {
    resolve(nameOf('L', nth), 'recovered');
  });
  dropped.forEach((_, nth) => {
    resolve(nameOf('K', nth), 'surrendered');
  });
}

function recordFinding(story: Story, { finding, at, serials, place }: FoundCards): void {
  const photo = createHash('sha256').update(`foto ${finding}`).digest('hex');
  const body = { finding, place, serials, photos: [photo], occurredAt: stated(at) };
  story.tell(at, {
    account: `finding-${finding}`,
    what: 'record',
    actor: officerOf('00'),
    command: (envelope) => new RecordFindingCommand(envelope, bodyOf(RecordFindingBody, body)),
  });
}

function resolveFinding(
  story: Story,
  at: string,
  finding: string,
  how: ResolveFindingBody['how'],
  entry: () => string | undefined,
): void {
  story.tell(at, {
    account: `finding-${finding}`,
    what: 'resolve',
    actor: officerOf('00'),
    command: (envelope) => {
      const eventId = entry();
      assert(eventId !== undefined, 'a finding is resolved after the entry that resolves it');
      const body = { occurredAt: stated(at), how, eventIds: [eventId] };
      return new ResolveFindingCommand(envelope, finding, bodyOf(ResolveFindingBody, body));
    },
  });
}

/** All that is spoilt or handed in in DKI goes to the province's store and is burned there. */
export function burnInJakarta(story: Story, day: string, offices: readonly PrintingOffice[]): void {
  const holders = offices.filter(
    ({ id }) => id.startsWith(`${JAKARTA}.`) && story.booksOf(id).invalid.size > 0,
  );
  const sent = holders.map(({ id }) => sendInvalid(story, `${day}T09:00`, id));
  const store = story.booksOf(JAKARTA).invalid;
  const nextDay = later(`${day}T10:00`, 1_440);
  sent.forEach(({ shipmentId, ranges }) => {
    store.add(ranges);
    tellReceipt(story, nextDay, JAKARTA, shipmentId, { asStated: textsOf(ranges) });
  });
  burn(story, later(nextDay, 1_440));
}

function sendInvalid(story: Story, at: string, office: string) {
  const books = story.booksOf(office);
  const ranges = books.invalid.take(books.invalid.size);
  books.shipmentsSent += 1;
  const shipmentId = shipmentIdOf(office as AccountId, books.shipmentsSent);
  const seal = `SM-${shipmentId}`;
  const body = {
    occurredAt: stated(at),
    to: JAKARTA,
    basis: 'for_destruction' as const,
    packages: [{ label: `M-${shipmentId}`, kind: 'karung', seal, invalid: textsOf(ranges) }],
    carrier: 'Kendaraan dinas',
    expectedBy: withOffset(later(at, 2 * 1_440)),
    paperNumber: `SJ/${shipmentId}/${at.slice(0, 4)}`,
  };
  story.tell(at, {
    account: office,
    what: 'for-destruction',
    actor: officerOf(office),
    approver: headOf(office),
    command: (envelope, approval) =>
      new DispatchShipmentCommand(
        envelope,
        office,
        bodyOf(DispatchShipmentBody, { ...body, approval }),
      ),
  });
  return { shipmentId, ranges };
}

/** Burned before two witnesses, with an official record, approved by the head of the office. */
function burn(story: Story, at: string): void {
  const { invalid } = story.booksOf(JAKARTA);
  const serials = textsOf(invalid.take(invalid.size));
  const number = `BAP/${JAKARTA}/${at.slice(0, 10)}`;
  const sha256 = createHash('sha256').update(`${number} ${serials.join()}`).digest('hex');
  const witness = (id: string, role: string) => ({ id, role, facilityId: JAKARTA });
  const body = {
    occurredAt: stated(at),
    serials,
    method: 'burned' as const,
    place: 'Halaman gudang Dukcapil DKI Jakarta',
    witnesses: [witness('saksi-polda-31', 'police'), witness('saksi-inspektorat-31', 'inspector')],
    documents: [{ kind: 'berita_acara_pemusnahan', number, sha256 }],
  };
  story.tell(at, {
    account: JAKARTA,
    what: 'burn',
    actor: officerOf(JAKARTA),
    approver: headOf(JAKARTA),
    command: (envelope, approval) =>
      new DestroyBlanksCommand(envelope, JAKARTA, bodyOf(DestroyBlanksBody, { ...body, approval })),
  });
}
