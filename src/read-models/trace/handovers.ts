import type { PackageJson, SealCheck } from '../../custody/account/events.js';
import type { BatchCode } from '../../custody/serials/serial-number.js';
import { SerialSet } from '../../custody/serials/serial-set.js';
import { isTwoSided, journeysOf, routeOf, type Journey } from '../custody-line/story-facts.js';
import type { StoryStep } from '../custody-line/story.js';
import type { ReadModelDatabase, Row } from '../read-model-database.js';
import { serialTexts, type SerialTexts } from '../serial-texts.js';
import { SUMMARY_COLUMNS, summaryOf, type ShipmentState } from '../shipments/shipment-answer.js';
import { traceEntry, type TraceEntry } from './trace-entry.js';

/** The carton, bag or envelope that a serial travelled in. */
export interface TracedPackage {
  readonly label: string;
  readonly kind: string;
  readonly seal: string;
  /** All that was packed in it, the serial itself among them. */
  readonly usable: SerialTexts;
  readonly invalid: SerialTexts;
  /** As the consignee found the seal; null where nothing was said of it. */
  readonly isSealIntact: boolean | null;
}

/** A serial on its way from one account to another, by both sides. */
export interface Handover {
  readonly shipmentId: string;
  readonly consignor: string;
  readonly consignee: string;
  readonly state: ShipmentState;
  /** Null for refusals and surrenders. */
  readonly basis: string | null;
  readonly paperNumber: string | null;
  /** ISO 8601, UTC; null where no time was agreed. */
  readonly expectedBy: string | null;
  /** Of the whole shipment. */
  readonly blanks: number;
  /** Who signed that it left. */
  readonly sent: TraceEntry;
  /** Who signed what became of it; null while it is on the way. */
  readonly settled: TraceEntry | null;
  /** Where that put it: usable, invalid, missing, or on the way back; null while it is on the way. */
  readonly outcome: string | null;
  /** Whether it arrived, and both sides signed. */
  readonly isTwoSided: boolean;
  /** Null for shipments that go in no package of their own, and for none that is found. */
  readonly package: TracedPackage | null;
}

/** The handovers of one serial in order. */
export function handoversOf(
  database: ReadModelDatabase,
  steps: readonly StoryStep[],
  serial: { readonly batch: BatchCode; readonly number: number },
): readonly Handover[] {
  return journeysOf(steps).flatMap((journey) => {
    const row = database.get(
      `SELECT ${SUMMARY_COLUMNS}, packages FROM shipment WHERE shipment_id = ?`,
      journey.shipmentId,
    );
    return row === undefined ? [] : [handoverOf(journey, row, serial)];
  });
}

function handoverOf(
  journey: Journey,
  row: Row,
  serial: { readonly batch: BatchCode; readonly number: number },
): Handover {
  const { shipmentId, sent, settled } = journey;
  const { consignor, consignee, state, basis, paperNumber, expectedBy, blanks } = summaryOf(row);
  const packages = JSON.parse(String(row.packages)) as readonly PackageJson[];
  const pack = packages.find((it) => holds(it, serial));
  return {
    shipmentId,
    consignor,
    consignee,
    state,
    basis,
    paperNumber,
    expectedBy,
    blanks,
    sent: traceEntry(sent.entry),
    settled: settled === null ? null : traceEntry(settled.entry),
    outcome: settled === null ? null : outcomeOf(settled),
    isTwoSided: isTwoSided(journey),
    package: pack === undefined ? null : tracedPackage(pack, settled),
  };
}

function outcomeOf(settled: StoryStep): string {
  return routeOf(settled) === null ? settled.to : 'sent_back';
}

/** Looked for in the JSON itself: a manifest may have thousands of ranges, and one serial is in one. */
function holds(
  { usable, invalid }: PackageJson,
  { batch, number }: { readonly batch: BatchCode; readonly number: number },
): boolean {
  return [...usable, ...invalid].some(
    (part) =>
      part.batch === batch &&
      part.ranges.some(([first, last]) => first <= number && number <= last),
  );
}

function tracedPackage(pack: PackageJson, settled: StoryStep | null): TracedPackage {
  const { label, kind, seal } = pack;
  const checks = settled?.entry.details['sealChecks'] as unknown as
    readonly SealCheck[] | undefined;
  const check = checks?.find((it) => it.label === label);
  return {
    label,
    kind,
    seal,
    usable: serialTexts(SerialSet.fromJson(pack.usable)),
    invalid: serialTexts(SerialSet.fromJson(pack.invalid)),
    isSealIntact: check?.isIntact ?? null,
  };
}
