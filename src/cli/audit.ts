import { existsSync } from 'node:fs';
import type { AuditDifference, AuditReport } from '../read-models/audit/audit-report.js';
import { auditLedger } from '../read-models/audit/audit.js';
import type { Settings } from '../settings.js';
import { openLogForReading } from './event-log.js';
import { complain, figure, print, printJson, printTable, progressBar } from './output.js';

interface LedgerAudit extends AuditReport {
  /** Hash of the log's last row, hex: it stands for the whole log. Null where the store keeps no chain. */
  readonly chainHash: string | null;
}

/**
 * Verifies the chain of the log, if its store keeps one, then recomputes everything that is derived from it; beside whoever writes.
 * @throws {LogCorrupt} the chain is broken, and where
 */
async function audit(settings: Settings): Promise<LedgerAudit> {
  const { readModelsFile } = settings;
  const store = await openLogForReading(settings);
  const progress = progressBar('audit');
  try {
    const verified = await store.verify?.();
    const report = await auditLedger({
      store,
      readModelsFile: existsSync(readModelsFile) ? readModelsFile : null,
      onProgress: progress.update,
    });
    return { ...report, chainHash: verified?.hash ?? null };
  } finally {
    progress.stop();
    await store.close();
  }
}

/** Exit code 1 if anything differs. @throws {LogCorrupt} */
export async function runAudit(settings: Settings, asJson: boolean): Promise<void> {
  const report = await audit(settings);
  if (asJson) printJson(report);
  else printReport(report);
  if (report.differenceCount > 0) process.exitCode = 1;
}

function printReport(report: LedgerAudit): void {
  const { events, accounts, position, books, rowsCompared, differenceCount, chainHash } = report;
  printTable(
    [
      'batch',
      'produced',
      'usable',
      'invalid',
      'in transit',
      'issued',
      'destroyed',
      'missing',
      'balance',
    ],
    books.map((it) => [
      it.batch,
      it.produced,
      it.usable,
      it.invalid,
      it.inTransit,
      it.issued,
      it.destroyed,
      it.missing,
      it.balance,
    ]),
  );
  print(
    `${figure(events)} events of ${figure(accounts)} accounts read, up to position ${position ?? 'none'}`,
  );
  if (chainHash !== null) print(`chain ${chainHash}`);
  print(
    rowsCompared === null
      ? 'no read models to compare: a server or blangko rebuild makes them'
      : `${figure(rowsCompared)} rows of read models compared`,
  );
  if (differenceCount === 0) {
    print('nothing differs');
    return;
  }
  for (const difference of report.differences) complain(tellDifference(difference));
  complain(`${figure(differenceCount)} differences`);
}

function tellDifference(it: AuditDifference): string {
  const place =
    it.stream === null
      ? ''
      : ` at ${it.stream} revision ${it.revision ?? ''}, position ${it.position ?? ''}`;
  return `${it.check}: ${it.what}${place}: expected ${it.expected}, found ${it.actual}`;
}
