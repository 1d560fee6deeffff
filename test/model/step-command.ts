import type { Command } from '@nestjs/cqrs';
import { CloseBatchBody, CloseBatchCommand } from '../../src/commands/close-batch.command.js';
import type { CommandEnvelope } from '../../src/commands/command-envelope.js';
import type { CommandResult } from '../../src/commands/command-executor.js';
import {
  CorrectOccurrenceBody,
  CorrectOccurrenceCommand,
} from '../../src/commands/correct-occurrence.command.js';
import { CountStockBody, CountStockCommand } from '../../src/commands/count-stock.command.js';
import {
  DestroyBlanksBody,
  DestroyBlanksCommand,
} from '../../src/commands/destroy-blanks.command.js';
import {
  DispatchShipmentBody,
  DispatchShipmentCommand,
} from '../../src/commands/dispatch-shipment.command.js';
import {
  HandOverCustodyBody,
  HandOverCustodyCommand,
} from '../../src/commands/hand-over-custody.command.js';
import { IssueBlanksBody, IssueBlanksCommand } from '../../src/commands/issue-blanks.command.js';
import { ProcureBatchBody, ProcureBatchCommand } from '../../src/commands/procure-batch.command.js';
import {
  ReceiveShipmentBody,
  ReceiveShipmentCommand,
} from '../../src/commands/receive-shipment.command.js';
import {
  RecordFindingBody,
  RecordFindingCommand,
} from '../../src/commands/record-finding.command.js';
import {
  RecordProductionBody,
  RecordProductionCommand,
} from '../../src/commands/record-production.command.js';
import {
  RecordSpoilageBody,
  RecordSpoilageCommand,
} from '../../src/commands/record-spoilage.command.js';
import {
  RecordUnnumberedBody,
  RecordUnnumberedCommand,
} from '../../src/commands/record-unnumbered.command.js';
import {
  RecoverBlanksBody,
  RecoverBlanksCommand,
} from '../../src/commands/recover-blanks.command.js';
import {
  RefuseShipmentBody,
  RefuseShipmentCommand,
} from '../../src/commands/refuse-shipment.command.js';
import { ReportDemandBody, ReportDemandCommand } from '../../src/commands/report-demand.command.js';
import {
  ReportMissingBody,
  ReportMissingCommand,
} from '../../src/commands/report-missing.command.js';
import {
  ReportTransitIncidentBody,
  ReportTransitIncidentCommand,
} from '../../src/commands/report-transit-incident.command.js';
import {
  ResolveFindingBody,
  ResolveFindingCommand,
} from '../../src/commands/resolve-finding.command.js';
import { ReverseEntryBody, ReverseEntryCommand } from '../../src/commands/reverse-entry.command.js';
import {
  SurrenderCardBody,
  SurrenderCardCommand,
} from '../../src/commands/surrender-card.command.js';
import type { Step, StepKind, StepOf } from './steps.js';

function envelopeOf({ commandId, actor }: Step): CommandEnvelope {
  return { commandId, actor, capture: null, correlationId: commandId, causationId: null };
}

/** A body as the interface makes it from JSON. */
function bodyOf<T extends object>(
  type: new () => T,
  fields: { readonly [K in keyof T]?: unknown },
): T {
  return Object.assign(new type(), fields);
}

function partsOf(step: Step) {
  const { account, note, at: occurredAt } = step;
  return { envelope: envelopeOf(step), entry: { occurredAt, note }, account };
}

function countBody(step: StepOf<'CountStock' | 'HandOverCustody'>) {
  return {
    bookRevision: String(step.bookRevision),
    scope: {
      states: [...step.states],
      batches: step.batches === null ? null : [...step.batches],
    },
    seenUsable: [...step.seenUsable],
    seenInvalid: [...step.seenInvalid],
  };
}

/** Some 130 kB in each entry. */
const BULKY_PAPERS = Array.from({ length: 200 }, (_, index) => ({
  kind: '紙'.repeat(64),
  number: `${'紙'.repeat(120)}${String(index)}`,
  sha256: 'f'.repeat(64),
}));

const RECORD = { kind: 'record', number: 'BA-1', sha256: 'e'.repeat(64) };

const commands: { readonly [K in StepKind]: (step: StepOf<K>) => Command<CommandResult> } = {
  DispatchShipment: (step) => {
    const { envelope, entry, account } = partsOf(step);
    return new DispatchShipmentCommand(
      envelope,
      account,
      bodyOf(DispatchShipmentBody, {
        ...entry,
        to: step.to,
        basis: step.basis,
        packages: step.packages.map(({ usable, invalid }, index) => ({
          label: `P${String(index)}`,
          kind: 'carton',
          seal: 'S',
          usable: [...usable],
          invalid: [...invalid],
        })),
        carrier: 'Pos',
        expectedBy: step.expectedBy,
        approval: step.approval,
      }),
    );
  },
  ReceiveShipment: (step) => {
    const { envelope, entry, account } = partsOf(step);
    return new ReceiveShipmentCommand(
      envelope,
      step.shipment,
      bodyOf(ReceiveShipmentBody, {
        ...entry,
        account,
        asStated: [...step.asStated],
        damaged: [...step.damaged],
        missing: [...step.missing],
        unexpected: [...step.unexpected],
        approval: step.approval,
      }),
    );
  },
  RefuseShipment: (step) => {
    const { envelope, entry, account } = partsOf(step);
    const body = { ...entry, account, reason: 'wet', approval: step.approval };
    return new RefuseShipmentCommand(envelope, step.shipment, bodyOf(RefuseShipmentBody, body));
  },
  ReportTransitIncident: (step) => {
    const { envelope, entry, account } = partsOf(step);
    const body = { ...entry, account, kind: 'robbery' as const, place: 'Bogor' };
    return new ReportTransitIncidentCommand(
      envelope,
      step.shipment,
      bodyOf(ReportTransitIncidentBody, body),
    );
  },
  ProcureBatch: (step) => {
    const { envelope, entry, account } = partsOf(step);
    const { contract, quantity, serialMax, approval } = step;
    return new ProcureBatchCommand(
      envelope,
      bodyOf(ProcureBatchBody, {
        ...entry,
        batch: account.replace(/^B\./, ''),
        contract,
        vendor: 'Penyedia Blangko Nasional (contoh)',
        signedOn: '2017-03-22',
        quantity,
        serialMax,
        cardOrigin: 'ID',
        chipOrigin: 'NL',
        approval,
      }),
    );
  },
  RecordProduction: (step) => {
    const { envelope, entry, account } = partsOf(step);
    const body = { ...entry, serials: [...step.serials], deliveryNo: 'D-1' };
    return new RecordProductionCommand(envelope, account, bodyOf(RecordProductionBody, body));
  },
  CloseBatch: (step) => {
    const { envelope, entry, account } = partsOf(step);
    return new CloseBatchCommand(
      envelope,
      account,
      bodyOf(CloseBatchBody, { ...entry, reason: step.reason }),
    );
  },
  RecordFinding: (step) => {
    const { envelope, entry, account } = partsOf(step);
    const { serials, illegibleCount } = step;
    const body = { finding: account, place: 'Serang', serials: [...serials], illegibleCount };
    return new RecordFindingCommand(envelope, bodyOf(RecordFindingBody, { ...entry, ...body }));
  },
  ResolveFinding: (step) => {
    const { envelope, entry, account } = partsOf(step);
    const body = { ...entry, how: step.how, eventIds: [...step.eventIds] };
    return new ResolveFindingCommand(envelope, account, bodyOf(ResolveFindingBody, body));
  },
  ReportDemand: (step) => {
    const { envelope, entry, account } = partsOf(step);
    const byReason = step.waiting === null ? {} : { backlog: step.waiting };
    return new ReportDemandCommand(
      envelope,
      account,
      bodyOf(ReportDemandBody, { ...entry, asOf: '2017-03-31', byReason }),
    );
  },
  IssueBlanks: (step) => {
    const { envelope, entry, account } = partsOf(step);
    const issuances = step.issuances.map((one) => ({ ...one, reason: 'backlog' as const }));
    const documents = step.isBulky ? BULKY_PAPERS : [];
    return new IssueBlanksCommand(
      envelope,
      account,
      bodyOf(IssueBlanksBody, { ...entry, documents, issuances }),
    );
  },
  SurrenderCard: (step) => {
    const { envelope, entry, account } = partsOf(step);
    const { serial, handedInAt } = step;
    const body = { ...entry, account, handedInAt, reason: 'replaced' as const };
    return new SurrenderCardCommand(envelope, serial, bodyOf(SurrenderCardBody, body));
  },
  RecordSpoilage: (step) => {
    const { envelope, entry, account } = partsOf(step);
    const body = { ...entry, serials: [...step.serials], cause: 'misprint' as const };
    return new RecordSpoilageCommand(envelope, account, bodyOf(RecordSpoilageBody, body));
  },
  DestroyBlanks: (step) => {
    const { envelope, entry, account } = partsOf(step);
    return new DestroyBlanksCommand(
      envelope,
      account,
      bodyOf(DestroyBlanksBody, {
        ...entry,
        documents: step.hasRecord ? [RECORD] : [],
        serials: [...step.serials],
        unnumbered: step.unnumbered,
        method: 'burned',
        place: 'Bogor',
        witnesses: [...step.witnesses],
        approval: step.approval,
      }),
    );
  },
  ReportMissing: (step) => {
    const { envelope, entry, account } = partsOf(step);
    const { serials, shipment, approval } = step;
    const body = { ...entry, serials: [...serials], kind: 'lost' as const, shipment, approval };
    return new ReportMissingCommand(envelope, account, bodyOf(ReportMissingBody, body));
  },
  RecoverBlanks: (step) => {
    const { envelope, entry, account } = partsOf(step);
    const body = { serials: [...step.serials], as: step.as, kind: 'found' as const, place: 'x' };
    return new RecoverBlanksCommand(
      envelope,
      account,
      bodyOf(RecoverBlanksBody, { ...entry, ...body }),
    );
  },
  CountStock: (step) => {
    const { envelope, entry, account } = partsOf(step);
    return new CountStockCommand(
      envelope,
      account,
      bodyOf(CountStockBody, { ...entry, ...countBody(step) }),
    );
  },
  HandOverCustody: (step) => {
    const { envelope, entry, account } = partsOf(step);
    const { from, to } = step;
    const body = { ...entry, ...countBody(step), from, to };
    return new HandOverCustodyCommand(envelope, account, bodyOf(HandOverCustodyBody, body));
  },
  ReverseEntry: (step) => {
    const { envelope, entry, account } = partsOf(step);
    const { revision, approval } = step;
    const body = { ...entry, revision: String(revision), reason: 'an error', approval };
    return new ReverseEntryCommand(envelope, account, bodyOf(ReverseEntryBody, body));
  },
  CorrectOccurrence: (step) => {
    const { envelope, entry, account } = partsOf(step);
    const { revision, correctedTo } = step;
    const body = { ...entry, revision: String(revision), correctedTo, reason: 'the wrong day' };
    return new CorrectOccurrenceCommand(envelope, account, bodyOf(CorrectOccurrenceBody, body));
  },
  RecordUnnumbered: (step) => {
    const { envelope, entry, account } = partsOf(step);
    const body = { ...entry, count: step.count, bag: 'K', seal: 'S', source: 'sack' };
    return new RecordUnnumberedCommand(envelope, account, bodyOf(RecordUnnumberedBody, body));
  },
};

/** The real command of a step, as the interface would make it. */
export function commandOf(step: Step): Command<CommandResult> {
  return (commands[step.kind] as (step: Step) => Command<CommandResult>)(step);
}
