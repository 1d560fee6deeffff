import { CountStockBody, CountStockCommand } from '../commands/count-stock.command.js';
import { IssueBlanksBody, IssueBlanksCommand } from '../commands/issue-blanks.command.js';
import { RecordSpoilageBody, RecordSpoilageCommand } from '../commands/record-spoilage.command.js';
import { RecoverBlanksBody, RecoverBlanksCommand } from '../commands/recover-blanks.command.js';
import { ReportDemandBody, ReportDemandCommand } from '../commands/report-demand.command.js';
import { ReverseEntryBody, ReverseEntryCommand } from '../commands/reverse-entry.command.js';
import { SurrenderCardBody, SurrenderCardCommand } from '../commands/surrender-card.command.js';
import { shipmentIdOf, type AccountId } from '../custody/account/account-id.js';
import type { IssuanceReason, SpoilageCause } from '../custody/account/events.js';
import { formatSerialNumber, type SerialNumber } from '../custody/serials/serial-number.js';
import type { SerialRange } from '../custody/serials/serial-range.js';
import type { SeededRandom } from './seeded-random.js';
import { textsOf } from './serial-pile.js';
import { headOf, officerOf, stated, type Story, bodyOf } from './story.js';

/** Before an election most wait for their first card at all. */
const REASONS: readonly [IssuanceReason, ...IssuanceReason[]] = [
  'backlog',
  'backlog',
  'backlog',
  'backlog',
  'first_card',
  'damaged',
  'lost',
  'moved',
  'marital_status',
];
const CAUSES: readonly [SpoilageCause, ...SpoilageCause[]] = [
  'misprint',
  'printer_fault',
  'chip_failure',
];

const WOMEN_DAY_OFFSET = 40;

/**
 * A made-up resident's number of the right form. The serial number of the day runs within one
 * office, and births differ, so that a person is hardly met twice.
 */
function syntheticNik(office: string, nth: number, random: SeededRandom): string {
  const region = office.slice(0, 8).replaceAll('.', '').padEnd(6, '01');
  const day = random.whole(1, 28) + (random.happens(0.5) ? WOMEN_DAY_OFFSET : 0);
  const digits = [day, random.whole(1, 12), random.whole(50, 99)];
  const birth = digits.map((part) => String(part).padStart(2, '0')).join('');
  return `${region}${birth}${String((nth % 9_999) + 1).padStart(4, '0')}`;
}

function serialsOf(ranges: readonly SerialRange[]): readonly SerialNumber[] {
  return ranges.flatMap(({ batch, first, last }) =>
    Array.from({ length: last - first + 1 }, (_, at) => ({ batch, number: first + at })),
  );
}

/** Cards are made for residents. */
export function issue(
  story: Story,
  at: string,
  office: string,
  count: number,
  random: SeededRandom,
): void {
  const books = story.booksOf(office);
  const issuances = serialsOf(books.usable.take(count)).map((serial) => {
    books.issued.push(serial);
    return {
      serial: formatSerialNumber(serial),
      nik: syntheticNik(office, books.issued.length, random),
      reason: random.pick(REASONS),
      chipUid: `04${random.hex(12)}`,
    };
  });
  const body = { occurredAt: stated(at), issuances };
  const entry = {
    account: office,
    what: 'issue',
    actor: officerOf(office),
    command: (envelope: ConstructorParameters<typeof IssueBlanksCommand>[0]) =>
      new IssueBlanksCommand(envelope, office, bodyOf(IssueBlanksBody, body)),
  };
  story.tell(at, entry, issuances.length);
}

/** Blanks are spoilt at the printer. The serials, and the revision of the entry. */
export function spoil(
  story: Story,
  at: string,
  office: string,
  count: number,
  random: SeededRandom,
): { readonly ranges: readonly SerialRange[]; readonly revision: number } {
  const books = story.booksOf(office);
  const ranges = books.usable.take(count);
  books.invalid.add(ranges);
  const body = {
    occurredAt: stated(at),
    serials: textsOf(ranges),
    cause: random.pick(CAUSES),
  };
  story.tell(at, {
    account: office,
    what: 'spoil',
    actor: officerOf(office),
    command: (envelope) =>
      new RecordSpoilageCommand(envelope, office, bodyOf(RecordSpoilageBody, body)),
  });
  return { ranges, revision: books.events - 1 };
}

/** A spoilage entered in error is undone; the head of the office approves. */
export function undoSpoilage(
  story: Story,
  at: string,
  office: string,
  { ranges, revision }: { readonly ranges: readonly SerialRange[]; readonly revision: number },
): void {
  const books = story.booksOf(office);
  books.invalid.remove(ranges);
  books.usable.putBack(ranges);
  const body = {
    occurredAt: stated(at),
    revision: String(revision),
    reason: `Salah catat: ${textsOf(ranges).join(', ')} masih baik`,
  };
  story.tell(at, {
    account: office,
    what: 'reverse',
    actor: officerOf(office),
    approver: headOf(office),
    command: (envelope, approval) =>
      new ReverseEntryCommand(envelope, office, bodyOf(ReverseEntryBody, { ...body, approval })),
  });
}

/** A card comes back to the office that issued it, or to another, to which it then travels. */
export function surrender(
  story: Story,
  at: string,
  office: string,
  handedInAt: string,
): { readonly shipmentId: string; readonly range: SerialRange } | null {
  const books = story.booksOf(office);
  const card = books.issued.shift();
  if (card === undefined) return null;
  const serial = formatSerialNumber(card);
  const range = { batch: card.batch, first: card.number, last: card.number };
  const isElsewhere = handedInAt !== office;
  if (isElsewhere) books.shipmentsSent += 1;
  else books.invalid.add([range]);
  const body = {
    account: office,
    handedInAt,
    occurredAt: stated(at),
    reason: isElsewhere ? ('moved' as const) : ('data_changed' as const),
  };
  story.tell(at, {
    account: office,
    what: 'surrender',
    actor: officerOf(handedInAt),
    command: (envelope) =>
      new SurrenderCardCommand(envelope, serial, bodyOf(SurrenderCardBody, body)),
  });
  const shipmentId = shipmentIdOf(office as AccountId, Math.max(1, books.shipmentsSent));
  return isElsewhere ? { shipmentId, range } : null;
}

/** The cupboard is counted; the first `short` usable serials are overlooked. They are returned. */
export function count(
  story: Story,
  at: string,
  office: string,
  short: number,
): readonly SerialRange[] {
  const books = story.booksOf(office);
  const overlooked = books.usable.take(short);
  const body = {
    occurredAt: stated(at),
    bookRevision: String(books.events - 1),
    scope: { states: ['usable' as const, 'invalid' as const], batches: null },
    seenUsable: textsOf(books.usable.ranges),
    seenInvalid: textsOf(books.invalid.ranges),
  };
  story.tell(at, {
    account: office,
    what: 'count',
    actor: officerOf(office),
    command: (envelope) => new CountStockCommand(envelope, office, bodyOf(CountStockBody, body)),
  });
  return overlooked;
}

export interface Recovery {
  readonly office: string;
  readonly ranges: readonly SerialRange[];
  /** Where they lay. Default: in a drawer. */
  readonly place?: string;
  readonly onRecorded?: (eventId: string) => void;
}

/** What a count overlooked is found again. */
export function recover(
  story: Story,
  at: string,
  { office, ranges, place = 'laci meja cetak', onRecorded }: Recovery,
): void {
  story.booksOf(office).usable.putBack(ranges);
  const body = {
    occurredAt: stated(at),
    serials: textsOf(ranges),
    as: 'usable' as const,
    kind: 'found' as const,
    place,
  };
  story.tell(at, {
    account: office,
    what: 'recover',
    actor: officerOf(office),
    command: (envelope) =>
      new RecoverBlanksCommand(envelope, office, bodyOf(RecoverBlanksBody, body)),
    ...(onRecorded === undefined ? {} : { onRecorded }),
  });
}

/** Residents waiting at an office, to be served before an election. */
export function reportDemand(
  story: Story,
  at: string,
  office: string,
  deadline: string,
  random: SeededRandom,
): void {
  const body = {
    occurredAt: stated(at),
    asOf: at.slice(0, 10),
    deadline,
    byReason: {
      backlog: random.whole(700, 2_600),
      first_card: random.whole(60, 300),
      damaged: random.whole(10, 80),
      lost: random.whole(20, 120),
    },
  };
  story.tell(at, {
    account: `demand-${office}`,
    what: 'demand',
    actor: officerOf(office),
    command: (envelope) =>
      new ReportDemandCommand(envelope, office, bodyOf(ReportDemandBody, body)),
  });
}
