import { DispatchShipmentCommand } from '../../commands/dispatch-shipment.command.js';
import { accountAggregate } from '../../commands/aggregates.js';
import { BodyReader, instant } from '../../commands/body-reader.js';
import type { CommandExecutor } from '../../commands/command-executor.js';
import {
  batchAccount,
  parseAccount,
  parseAccountId,
  streamOfAccount,
  type AccountId,
} from '../../custody/account/account-id.js';
import { evolveAccount, type CustodyAccount } from '../../custody/account/custody-account.js';
import {
  decideDispatchShipment,
  type DispatchShipment,
  type Package,
} from '../../custody/account/dispatch-shipment.js';
import type { Officer } from '../../custody/account/events.js';
import type { Rejection } from '../../custody/rejection.js';
import { SerialSet } from '../../custody/serials/serial-set.js';
import type { ColumnName, LineFault } from './line-fault.js';
import { rangesOf, type ListedShipment } from './listed-shipments.js';

export interface ImportPlan {
  /** In the order of the file; those of one consignor must be given one after the other. */
  readonly commands: readonly PlannedCommand[];
  readonly faults: readonly LineFault[];
}

export interface PlannedCommand {
  readonly consignor: AccountId;
  readonly command: DispatchShipmentCommand;
  /** An earlier run of the same file has recorded it. */
  readonly isRecorded: boolean;
}

const COLUMN_OF_POINTER: Readonly<Record<string, ColumnName>> = {
  '/to': 'consignee',
  '/occurredAt': 'occurred_at',
};
const COLUMN_OF_CODE: Readonly<Partial<Record<Rejection['code'], ColumnName>>> = {
  basis_mismatch: 'basis',
  occurred_in_future: 'occurred_at',
  serials_not_usable_here: 'usable',
  serials_not_invalid_here: 'invalid',
  no_serials: 'usable',
  overlapping_ranges: 'usable',
  too_many_ranges: 'usable',
};

/** What is told of a refusal: its code, what it means, and the serials it is about. */
function tellRefusal({ code, message, serials, details }: Rejection): string {
  const facts = Object.entries(details ?? {}).map(([name, value]) => `${name} ${value}`);
  const about = [...facts, ...(serials ?? [])].join(', ');
  return `${code}: ${message}${about === '' ? '' : ` (${about})`}`;
}

/**
 * Decides every shipment of a list as the ledger would, one after the other, and writes nothing.
 * Serials that an earlier line of the list sends are no longer there for a later one.
 */
export class ImportPlanner {
  readonly #accounts = new Map<AccountId, CustodyAccount>();
  readonly #sent = new Map<AccountId, SerialSet>();
  readonly #commands: PlannedCommand[] = [];
  readonly #faults: LineFault[] = [];

  constructor(
    private readonly executor: CommandExecutor,
    private readonly actor: Officer,
    private readonly fileHash: string,
  ) {}

  async plan(shipments: readonly ListedShipment[]): Promise<ImportPlan> {
    for (const shipment of shipments) await this.#planOne(shipment);
    return { commands: this.#commands, faults: this.#faults };
  }

  async #planOne(shipment: ListedShipment): Promise<void> {
    const consignor = parseAccountId(shipment.consignor);
    if (consignor === null) {
      this.#refuse(shipment.lines[0].line, 'consignor', 'not the code of an account');
      return;
    }
    const session = await this.executor.sessionOf(accountAggregate, streamOfAccount(consignor));
    const { commandId, command } = this.#commandOf(shipment, consignor);
    const isRecorded = session.firstRevisionOf(commandId) !== undefined;
    this.#commands.push({ consignor, command, isRecorded });
    if (isRecorded) return;
    const account = this.#accounts.get(consignor) ?? session.state;
    const entry = this.#readBody(shipment, session.state);
    if (entry !== null) await this.#decide(shipment, account, entry);
  }

  #commandOf(shipment: ListedShipment, consignor: AccountId) {
    const commandId = `import-${this.fileHash.slice(0, 16)}-line-${shipment.lines[0].line}`;
    const envelope = {
      commandId,
      actor: this.actor,
      capture: null,
      correlationId: `import-${this.fileHash.slice(0, 16)}`,
      causationId: null,
    };
    return { commandId, command: new DispatchShipmentCommand(envelope, consignor, shipment.body) };
  }

  /** The body in the domain's terms; null when a cell of it is wrong. `account`: before the list. */
  #readBody({ body, lines }: ListedShipment, account: CustodyAccount): DispatchShipment | null {
    const reader = new BodyReader();
    const before = this.#faults.length;
    const to = reader.account(body.to, '/to');
    const fields = reader.entry(body);
    if (reader.rejection !== null) {
      const column = COLUMN_OF_POINTER[reader.rejection.pointer ?? ''] ?? 'consignor';
      this.#refuse(lines[0].line, column, tellRefusal(reader.rejection));
    }
    let sent = this.#sent.get(account.id) ?? SerialSet.empty;
    const packages = lines.map(({ line, cells }): Package => {
      const usable = this.#readSerials(line, 'usable', cells.usable, account.usable, sent);
      sent = sent.union(usable);
      const invalid = this.#readSerials(line, 'invalid', cells.invalid, account.invalid, sent);
      sent = sent.union(invalid);
      const { label, kind, seal } = cells;
      return { label, kind, seal, usable, invalid };
    });
    this.#sent.set(account.id, sent);
    if (this.#faults.length > before) return null;
    const { basis, carrier } = body;
    const expectedBy = instant(body.expectedBy);
    const vehicle = body.vehicle ?? null;
    const paperNumber = body.paperNumber ?? null;
    return {
      ...fields,
      to,
      basis,
      packages,
      carrier,
      vehicle,
      expectedBy,
      paperNumber,
      approval: null,
    };
  }

  #readSerials(
    line: number,
    column: 'usable' | 'invalid',
    cell: string,
    held: SerialSet,
    sent: SerialSet,
  ): SerialSet {
    const parsed = SerialSet.parse(rangesOf(cell));
    if (!parsed.ok) {
      this.#refuse(line, column, `${parsed.error.code}: ${parsed.error.message}`);
      return SerialSet.empty;
    }
    const serials = parsed.value;
    const again = serials.intersect(sent);
    const absent = serials.subtract(sent).subtract(held);
    if (!again.isEmpty) {
      const shown = shownRanges(again);
      this.#refuse(line, column, `overlapping_ranges: also on an earlier line (${shown})`);
    }
    if (!absent.isEmpty) {
      const code = column === 'usable' ? 'serials_not_usable_here' : 'serials_not_invalid_here';
      this.#refuse(
        line,
        column,
        `${code}: not ${column} at the consignor (${shownRanges(absent)})`,
      );
    }
    return serials;
  }

  async #decide(
    { lines }: ListedShipment,
    account: CustodyAccount,
    command: DispatchShipment,
  ): Promise<void> {
    const consignee = parseAccount(command.to);
    const isConsigneeBatchKnown =
      consignee?.kind === 'batch' && (await this.#isBatchKnown(batchAccount(consignee.batch)));
    const decision = decideDispatchShipment(
      account,
      command,
      { isConsigneeBatchKnown },
      {
        actor: this.actor,
        now: this.executor.clock.now(),
        contentHash: '',
        isApprovalSpent: false,
        eventIdOf: () => '',
        facilities: this.executor.facilities,
      },
    );
    if (decision.ok) {
      this.#accounts.set(account.id, decision.events.reduce(evolveAccount, account));
      return;
    }
    const { code, details } = decision.rejection;
    const named = details?.['facility'] ?? `B.${details?.['batch'] ?? ''}`;
    const isOfConsignor = named === account.id;
    const column = COLUMN_OF_CODE[code] ?? (isOfConsignor ? 'consignor' : 'consignee');
    this.#refuse(lines[0].line, column, tellRefusal(decision.rejection));
  }

  async #isBatchKnown(batch: AccountId): Promise<boolean> {
    const session = await this.executor.sessionOf(accountAggregate, streamOfAccount(batch));
    return session.state.batch !== null;
  }

  #refuse(line: number, column: ColumnName, why: string): void {
    this.#faults.push({ line, column, why });
  }
}

const MAX_RANGES_SHOWN = 5;

function shownRanges(serials: SerialSet): string {
  const texts = serials.format();
  const more = texts.length > MAX_RANGES_SHOWN ? ' …' : '';
  return `${texts.slice(0, MAX_RANGES_SHOWN).join(' ')}${more}`;
}
