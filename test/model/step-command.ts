import type { Command } from '@nestjs/cqrs';
import { CloseBatchCommand } from '../../src/commands/close-batch.command.js';
import type { CommandEnvelope } from '../../src/commands/command-envelope.js';
import type { CommandResult } from '../../src/commands/command-executor.js';
import { CorrectOccurrenceCommand } from '../../src/commands/correct-occurrence.command.js';
import { CountStockCommand } from '../../src/commands/count-stock.command.js';
import { DestroyBlanksCommand } from '../../src/commands/destroy-blanks.command.js';
import { DispatchShipmentCommand } from '../../src/commands/dispatch-shipment.command.js';
import { HandOverCustodyCommand } from '../../src/commands/hand-over-custody.command.js';
import { IssueBlanksCommand } from '../../src/commands/issue-blanks.command.js';
import { ProcureBatchCommand } from '../../src/commands/procure-batch.command.js';
import { ReceiveShipmentCommand } from '../../src/commands/receive-shipment.command.js';
import { RecordFindingCommand } from '../../src/commands/record-finding.command.js';
import { RecordProductionCommand } from '../../src/commands/record-production.command.js';
import { RecordSpoilageCommand } from '../../src/commands/record-spoilage.command.js';
import { RecordUnnumberedCommand } from '../../src/commands/record-unnumbered.command.js';
import { RecoverBlanksCommand } from '../../src/commands/recover-blanks.command.js';
import { RefuseShipmentCommand } from '../../src/commands/refuse-shipment.command.js';
import { ReportDemandCommand } from '../../src/commands/report-demand.command.js';
import { ReportMissingCommand } from '../../src/commands/report-missing.command.js';
import { ReportTransitIncidentCommand } from '../../src/commands/report-transit-incident.command.js';
import { ResolveFindingCommand } from '../../src/commands/resolve-finding.command.js';
import { ReverseEntryCommand } from '../../src/commands/reverse-entry.command.js';
import { SurrenderCardCommand } from '../../src/commands/surrender-card.command.js';
import { assertNever } from '../../src/custody/assert.js';
import type { Step, StepOf } from './steps.js';

function envelopeOf({ commandId, actor }: Step): CommandEnvelope {
  return { commandId, actor, capture: null, correlationId: commandId, causationId: null };
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

function shipmentCommand(step: Step): Command<CommandResult> | null {
  const envelope = envelopeOf(step);
  const { account, note, at: occurredAt } = step;
  const entry = { occurredAt, note };
  switch (step.kind) {
    case 'DispatchShipment':
      return new DispatchShipmentCommand(envelope, account, {
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
      });
    case 'ReceiveShipment':
      return new ReceiveShipmentCommand(envelope, step.shipment, {
        ...entry,
        account,
        asStated: [...step.asStated],
        damaged: [...step.damaged],
        missing: [...step.missing],
        unexpected: [...step.unexpected],
        approval: step.approval,
      });
    case 'RefuseShipment': {
      const body = { ...entry, account, reason: 'wet', approval: step.approval };
      return new RefuseShipmentCommand(envelope, step.shipment, body);
    }
    case 'ReportTransitIncident': {
      const body = { ...entry, account, kind: 'robbery' as const, place: 'Bogor' };
      return new ReportTransitIncidentCommand(envelope, step.shipment, body);
    }
    default:
      return null;
  }
}

function batchCommand(step: Step): Command<CommandResult> | null {
  const envelope = envelopeOf(step);
  const { account, note, at: occurredAt } = step;
  const entry = { occurredAt, note };
  switch (step.kind) {
    case 'ProcureBatch': {
      const { contract, quantity, serialMax, approval } = step;
      return new ProcureBatchCommand(envelope, {
        ...entry,
        batch: account.replace(/^B\./, ''),
        contract,
        vendor: 'PNRI',
        signedOn: '2017-03-22',
        quantity,
        serialMax,
        cardOrigin: 'ID',
        chipOrigin: 'NL',
        approval,
      });
    }
    case 'RecordProduction': {
      const body = { ...entry, serials: [...step.serials], deliveryNo: 'D-1' };
      return new RecordProductionCommand(envelope, account, body);
    }
    case 'CloseBatch':
      return new CloseBatchCommand(envelope, account, { ...entry, reason: step.reason });
    case 'RecordFinding': {
      const { serials, illegibleCount } = step;
      const body = { finding: account, place: 'Serang', serials: [...serials], illegibleCount };
      return new RecordFindingCommand(envelope, { ...entry, ...body });
    }
    case 'ResolveFinding': {
      const body = { ...entry, how: step.how, eventIds: [...step.eventIds] };
      return new ResolveFindingCommand(envelope, account, body);
    }
    case 'ReportDemand': {
      const byReason = step.waiting === null ? {} : { backlog: step.waiting };
      return new ReportDemandCommand(envelope, account, { ...entry, asOf: '2017-03-31', byReason });
    }
    default:
      return shipmentCommand(step);
  }
}

type OtherStep = Exclude<
  Step,
  StepOf<
    | 'ProcureBatch'
    | 'RecordProduction'
    | 'CloseBatch'
    | 'RecordFinding'
    | 'ResolveFinding'
    | 'ReportDemand'
    | 'DispatchShipment'
    | 'ReceiveShipment'
    | 'RefuseShipment'
    | 'ReportTransitIncident'
  >
>;

/** The real command of a step, as the interface would make it. */
export function commandOf(step: Step): Command<CommandResult> {
  return batchCommand(step) ?? stockCommand(step as OtherStep);
}

function stockCommand(step: OtherStep): Command<CommandResult> {
  const envelope = envelopeOf(step);
  const { account, note, at: occurredAt } = step;
  const entry = { occurredAt, note };
  switch (step.kind) {
    case 'IssueBlanks': {
      const issuances = step.issuances.map((one) => ({ ...one, reason: 'backlog' as const }));
      const documents = step.isBulky ? BULKY_PAPERS : [];
      return new IssueBlanksCommand(envelope, account, { ...entry, documents, issuances });
    }
    case 'SurrenderCard': {
      const { serial, handedInAt } = step;
      const body = { ...entry, account, handedInAt, reason: 'replaced' as const };
      return new SurrenderCardCommand(envelope, serial, body);
    }
    case 'RecordSpoilage': {
      const body = { ...entry, serials: [...step.serials], cause: 'misprint' as const };
      return new RecordSpoilageCommand(envelope, account, body);
    }
    case 'DestroyBlanks':
      return new DestroyBlanksCommand(envelope, account, {
        ...entry,
        documents: step.hasRecord ? [RECORD] : [],
        serials: [...step.serials],
        unnumbered: step.unnumbered,
        method: 'burned',
        place: 'Bogor',
        witnesses: [...step.witnesses],
        approval: step.approval,
      });
    case 'ReportMissing': {
      const { serials, shipment, approval } = step;
      const body = { ...entry, serials: [...serials], kind: 'lost' as const, shipment, approval };
      return new ReportMissingCommand(envelope, account, body);
    }
    case 'RecoverBlanks': {
      const body = { serials: [...step.serials], as: step.as, kind: 'found' as const, place: 'x' };
      return new RecoverBlanksCommand(envelope, account, { ...entry, ...body });
    }
    case 'CountStock':
      return new CountStockCommand(envelope, account, { ...entry, ...countBody(step) });
    case 'HandOverCustody': {
      const { from, to } = step;
      const body = { ...entry, ...countBody(step), from, to };
      return new HandOverCustodyCommand(envelope, account, body);
    }
    case 'ReverseEntry': {
      const { revision, approval } = step;
      const body = { ...entry, revision: String(revision), reason: 'an error', approval };
      return new ReverseEntryCommand(envelope, account, body);
    }
    case 'CorrectOccurrence': {
      const { revision, correctedTo } = step;
      const body = { ...entry, revision: String(revision), correctedTo, reason: 'the wrong day' };
      return new CorrectOccurrenceCommand(envelope, account, body);
    }
    case 'RecordUnnumbered': {
      const body = { ...entry, count: step.count, bag: 'K', seal: 'S', source: 'sack' };
      return new RecordUnnumberedCommand(envelope, account, body);
    }
    default:
      return assertNever(step);
  }
}
