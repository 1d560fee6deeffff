import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { CommandBus } from '@nestjs/cqrs';
import { CommandExecutor } from '../../commands/command-executor.js';
import type { Officer } from '../../custody/account/events.js';
import type { Settings } from '../../settings.js';
import { ledgerExists } from '../event-log.js';
import { withWriter } from '../open-ledger.js';
import { UserError } from '../user-error.js';
import { parseDistributionList } from './distribution-list.js';
import type { LineFault } from './line-fault.js';
import { listedShipments } from './listed-shipments.js';
import { ImportPlanner, type PlannedCommand } from './plan-import.js';

/** Largest file taken in, in bytes. */
const MAX_BYTES = 64 * 1024 * 1024;

export type ImportResult =
  | { readonly ok: false; readonly faults: readonly LineFault[] }
  | {
      readonly ok: true;
      /** Shipments of the list. */
      readonly shipments: number;
      /** Of these, recorded by an earlier run of the same file. */
      readonly alreadyRecorded: number;
    };

/**
 * Makes shipments of a distribution list: all of them, or none when any line is at fault. Command ids
 * follow from the file's content and the line, so a run after a crash finishes what is left.
 * @throws {UserError} the file cannot be read, or is no such list
 * @throws {WriterLocked} somebody writes the ledger
 */
export async function importList(
  settings: Settings,
  file: string,
  actor: Officer,
  onProgress: (done: number, total: number) => void,
): Promise<ImportResult> {
  if (!(await ledgerExists(settings))) throw new UserError('there is no ledger to import into');
  const bytes = await read(file);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const list = parseDistributionList(bytes);
  const listed = listedShipments(list.lines, { number: basename(file), sha256 });
  const unreadable = [...list.faults, ...listed.faults];
  return withWriter(settings, null, async (context): Promise<ImportResult> => {
    const planner = new ImportPlanner(context.get(CommandExecutor), actor, sha256);
    const wellFormed = listed.shipments.filter(({ lines }) =>
      lines.every(({ line }) => !listed.faults.some((fault) => fault.line === line)),
    );
    const { commands, faults } = await planner.plan(wellFormed);
    const all = [...unreadable, ...faults].sort((a, b) => a.line - b.line);
    if (all.length > 0) return { ok: false, faults: all };
    await give(context.get(CommandBus), commands, onProgress);
    const alreadyRecorded = commands.filter(({ isRecorded }) => isRecorded).length;
    return { ok: true, shipments: commands.length, alreadyRecorded };
  });
}

async function read(file: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(file);
    if (size > MAX_BYTES)
      throw new UserError(`${file} has ${size} bytes; at most ${MAX_BYTES} are taken in`);
    return await readFile(file);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${file} cannot be read`, { cause: error });
  }
}

/** Consignors beside one another; the shipments of one in the order of the list. */
async function give(
  bus: CommandBus,
  commands: readonly PlannedCommand[],
  onProgress: (done: number, total: number) => void,
): Promise<void> {
  let done = 0;
  const lanes = Map.groupBy(commands, ({ consignor }) => consignor);
  await Promise.all(
    [...lanes.values()].map(async (lane) => {
      for (const { command } of lane) {
        const result = await bus.execute(command);
        if (!result.ok) {
          const { code, message } = result.rejection;
          const id = command.envelope.commandId;
          throw new UserError(`${id} was refused: ${code}: ${message}; run the import again`);
        }
        onProgress(++done, commands.length);
      }
    }),
  );
}
