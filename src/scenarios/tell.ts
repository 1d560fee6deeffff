import type { CommandEnvelope } from '../commands/command-envelope.js';
import type { CommandResult } from '../commands/command-executor.js';
import type { Approval, Officer } from '../custody/account/events.js';
import type { Rejection } from '../custody/rejection.js';
import { ScenarioFault, type ScenarioLedger, type ScenarioOptions } from './scenario.js';
import { instantOf, type PlannedEntry, type Story } from './story.js';

/** Most accounts written to at once, so that their commands share commits. */
const LANES = 256;
/** No content has this hash: the ledger answers with the one an approval must name. */
const UNKNOWN_HASH = '0'.repeat(64);

/**
 * Gives all commands of a story, each at its simulated time, to at most `mostLanes` accounts at once.
 * How many they were.
 */
export async function tell(
  story: Story,
  ledger: ScenarioLedger,
  onProgress?: ScenarioOptions['onProgress'],
  mostLanes = LANES,
): Promise<number> {
  const total = story.size;
  let done = 0;
  for (const { at, entries } of story.moments) {
    ledger.clock.moveTo(instantOf(at));
    const lanes = [...Map.groupBy(entries, ({ account }) => account).values()];
    const workers = Array.from({ length: Math.min(mostLanes, lanes.length) }, async () => {
      for (let lane = lanes.shift(); lane !== undefined; lane = lanes.shift()) {
        for (const entry of lane) {
          await give(entry, ledger);
          onProgress?.(++done, total);
        }
      }
    });
    await Promise.all(workers);
  }
  return total;
}

async function give(entry: PlannedEntry, ledger: ScenarioLedger): Promise<void> {
  const { actor, commandId, approver, command } = entry;
  const envelope: CommandEnvelope = {
    commandId,
    actor,
    capture: null,
    correlationId: commandId,
    causationId: null,
  };
  const approval =
    approver === undefined ? null : await approvalOf(entry, envelope, approver, ledger);
  const result = await ledger.execute(command(envelope, approval));
  if (!result.ok) throw refused(commandId, result.rejection);
  entry.onRecorded?.(result.outcome.events.at(-1)?.id ?? '');
}

/** Two persons in turn: the first learns what the second must approve, the second approves it. */
async function approvalOf(
  { commandId, command }: PlannedEntry,
  envelope: CommandEnvelope,
  by: Officer,
  { execute, clock }: ScenarioLedger,
): Promise<Approval> {
  const at = new Date(clock.now()).toISOString();
  const asked: CommandResult = await execute(
    command(envelope, { by, at, contentHash: UNKNOWN_HASH }),
  );
  if (asked.ok) throw new ScenarioFault(`${commandId} was accepted on an approval of nothing`);
  const contentHash = asked.rejection.details?.['contentHash'];
  if (asked.rejection.code !== 'approval_mismatch' || typeof contentHash !== 'string') {
    throw refused(commandId, asked.rejection);
  }
  return { by, at, contentHash };
}

function refused(commandId: string, { code, details }: Rejection): ScenarioFault {
  return new ScenarioFault(`${commandId} was refused: ${code} ${JSON.stringify(details ?? {})}`);
}
