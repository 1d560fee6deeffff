import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { batchAccount } from '../../custody/account/account-id.js';
import {
  formatSerialNumber,
  parseSerialNumber,
  type BatchCode,
} from '../../custody/serials/serial-number.js';
import { BATCHES_PROJECTION } from '../batches/batches-projection.js';
import { CUSTODY_LINE_PROJECTION } from '../custody-line/custody-tables.js';
import { Sight } from '../custody-line/sight.js';
import { storyOf } from '../custody-line/stories.js';
import { lastHolder } from '../custody-line/story-facts.js';
import type { ReadModelDatabase } from '../read-model-database.js';
import { ask, ReadModels } from '../read-models.js';
import type { Scope } from '../scope.js';
import { SHIPMENTS_PROJECTION } from '../shipments/shipment-tables.js';
import { staysOf, type Stay } from './custody-line-answer.js';
import { handoversOf, type Handover } from './handovers.js';
import { whereaboutsAfter, type Whereabouts } from './trace-entry.js';

/** Under which contract, and by whom, the blanks of a batch were made. */
export interface BatchFacts {
  readonly batch: string;
  /** Null for a legacy batch. */
  readonly contract: string | null;
  readonly vendor: string;
  readonly signedOn: string;
  /** Largest serial number it can have, inclusive. */
  readonly serialMax: number;
}

/** The custody line of one serial, from the contract to now. */
export interface SerialTrace {
  /** `2017-A/004512345` */
  readonly serial: string;
  /** Null where the nation's contracts are not within the region asked for. */
  readonly batch: BatchFacts | null;
  /** False: the batch is known, but nobody ever made this blank. */
  readonly isProduced: boolean;
  /** Null for what was never produced, and for what left the region that is asked for. */
  readonly now: Whereabouts | null;
  /** The account that last had it in hand. */
  readonly lastHolder: string | null;
  /** In the order of the log. */
  readonly line: readonly Stay[];
  readonly handovers: readonly Handover[];
  /** The position of the log the answer holds for. */
  readonly position: string;
}

/**
 * Where a serial has been. Of a region: while it was there, and on the way there or from there. Null when
 * there is no such batch, the texts name no serial, or nothing of it is within the region.
 */
export class TraceSerial extends Query<SerialTrace | null> {
  constructor(
    readonly scope: Scope,
    readonly batch: string,
    /** With or without leading zeros. */
    readonly number: string,
    /** Decimal position the answer must hold for. */
    readonly atLeast?: string,
  ) {
    super();
  }
}

export const TRACE_PROJECTIONS = [
  CUSTODY_LINE_PROJECTION,
  SHIPMENTS_PROJECTION,
  BATCHES_PROJECTION,
] as const;

@QueryHandler(TraceSerial)
export class TraceSerialHandler implements IQueryHandler<TraceSerial> {
  constructor(private readonly models: ReadModels) {}

  async execute({ scope, batch, number, atLeast }: TraceSerial): Promise<SerialTrace | null> {
    const parsed = parseSerialNumber(`${batch}/${number}`);
    if (!parsed.ok) return null;
    // A serial passes through the whole nation.
    this.models.kept.assertAll();
    return ask(this.models, TRACE_PROJECTIONS, atLeast, (database, position) => {
      const { value: serial } = parsed;
      const sight = new Sight(scope, database);
      const facts = batchFacts(database, serial.batch);
      const [story] = storyOf(database, serial.batch, serial.number, serial.number);
      const all = story?.steps ?? [];
      const steps = sight.stepsOf(all);
      const isKnown = sight.isWhole ? facts !== null || steps.length > 0 : steps.length > 0;
      if (!isKnown) return null;
      const last = all.at(-1);
      return {
        serial: formatSerialNumber(serial),
        batch: sight.sees(batchAccount(serial.batch)) ? facts : null,
        isProduced: all.length > 0,
        now: last === undefined || steps.at(-1) !== last ? null : whereaboutsAfter(last),
        lastHolder: lastHolder(steps),
        line: staysOf(steps),
        handovers: handoversOf(database, steps, serial),
        position,
      };
    });
  }
}

function batchFacts(database: ReadModelDatabase, batch: BatchCode): BatchFacts | null {
  const row = database.get('SELECT * FROM batch WHERE code = ?', batch);
  if (row === undefined) return null;
  return {
    batch,
    contract: typeof row.contract === 'string' ? row.contract : null,
    vendor: String(row.vendor),
    signedOn: String(row.signed_on),
    serialMax: Number(row.serial_max),
  };
}
