import 'reflect-metadata';
import { validateSync, type ValidationError } from 'class-validator';
import { plainToInstance } from 'class-transformer';
import { DispatchShipmentBody } from '../../commands/dispatch-shipment.command.js';
import type { ListLine } from './distribution-list.js';
import type { ColumnName, LineFault } from './line-fault.js';

/** The lines that make one shipment: same consignor, consignee and paper number. */
export interface ListedShipment {
  readonly consignor: string;
  readonly lines: readonly [ListLine, ...ListLine[]];
  readonly body: DispatchShipmentBody;
}

/** What all lines of a shipment must agree on. */
const SHARED: readonly ColumnName[] = ['basis', 'carrier', 'vehicle', 'expected_by', 'occurred_at'];
const DEFAULT_ZONE = 'Asia/Jakarta';
const PRECISION_OF_LENGTH: Readonly<Record<number, string>> = { 10: 'day', 16: 'minute' };

const COLUMN_OF_FIELD: Readonly<Record<string, ColumnName>> = {
  to: 'consignee',
  basis: 'basis',
  packages: 'usable',
  label: 'label',
  kind: 'kind',
  seal: 'seal',
  usable: 'usable',
  invalid: 'invalid',
  carrier: 'carrier',
  vehicle: 'vehicle',
  expectedBy: 'expected_by',
  paperNumber: 'paper_number',
  occurredAt: 'occurred_at',
};

export interface ListedDocument {
  /** Name of the file. */
  readonly number: string;
  readonly sha256: string;
}

/** Puts lines together to shipments, in the order of their first lines; checks every form. */
export function listedShipments(
  lines: readonly ListLine[],
  document: ListedDocument,
): { readonly shipments: readonly ListedShipment[]; readonly faults: readonly LineFault[] } {
  const faults: LineFault[] = [];
  const groups = Map.groupBy(lines, ({ cells }) =>
    JSON.stringify([cells.consignor, cells.consignee, cells.paper_number]),
  );
  const shipments = [...groups.values()].flatMap(([first, ...others]) => {
    if (first === undefined) return [];
    faults.push(...others.flatMap((other) => disagreements(first, other)));
    const body = bodyOf([first, ...others], document);
    faults.push(...validateSync(body).flatMap((it) => formFaults(it, [first, ...others])));
    return [{ consignor: first.cells.consignor, lines: [first, ...others] as const, body }];
  });
  return {
    shipments: shipments.map(({ lines: [first, ...rest], ...shipment }) => ({
      ...shipment,
      lines: [first, ...rest],
    })),
    faults,
  };
}

function disagreements(first: ListLine, other: ListLine): readonly LineFault[] {
  return SHARED.filter((column) => first.cells[column] !== other.cells[column]).map((column) => ({
    line: other.line,
    column,
    why: `differs from line ${first.line} of the same shipment`,
  }));
}

function bodyOf(lines: readonly [ListLine, ...ListLine[]], document: ListedDocument) {
  const { cells } = lines[0];
  const [value = '', zone = DEFAULT_ZONE] = cells.occurred_at.split(' ');
  const precision = PRECISION_OF_LENGTH[value.length] ?? 'second';
  return plainToInstance(DispatchShipmentBody, {
    occurredAt: { value, precision, zone },
    documents: [{ kind: 'distribution_list', ...document }],
    to: cells.consignee,
    basis: cells.basis,
    packages: lines.map((line) => ({
      label: line.cells.label,
      kind: line.cells.kind,
      seal: line.cells.seal,
      usable: rangesOf(line.cells.usable),
      invalid: rangesOf(line.cells.invalid),
    })),
    carrier: cells.carrier,
    vehicle: cells.vehicle === '' ? null : cells.vehicle,
    expectedBy: cells.expected_by,
    paperNumber: cells.paper_number === '' ? null : cells.paper_number,
  });
}

/** Ranges in one cell are parted by spaces or semicolons. */
export function rangesOf(cell: string): string[] {
  return cell.split(/[\s;]+/).filter((text) => text !== '');
}

function formFaults(
  error: ValidationError,
  lines: readonly [ListLine, ...ListLine[]],
  at: { readonly line: ListLine; readonly column: ColumnName } | null = null,
): readonly LineFault[] {
  const { property, constraints, children = [] } = error;
  const packageLine = at?.column === 'usable' ? lines[Number(property)] : undefined;
  const line = packageLine ?? at?.line ?? lines[0];
  const column = COLUMN_OF_FIELD[property] ?? at?.column ?? 'consignor';
  const own = Object.values(constraints ?? {}).map((why) => ({ line: line.line, column, why }));
  return [...own, ...children.flatMap((child) => formFaults(child, lines, { line, column }))];
}
