import { readFile } from 'node:fs/promises';
import { parseSerialNumber } from '../custody/serials/serial-number.js';
import { Scope } from '../read-models/scope.js';
import {
  TraceSerial,
  TraceSerialHandler,
  type SerialTrace,
} from '../read-models/trace/trace-serial.query.js';
import {
  MAX_TRACED,
  serialsNamed,
  TraceSerials,
  TraceSerialsHandler,
  type SerialsTrace,
} from '../read-models/trace/trace-serials.query.js';
import type { Settings } from '../settings.js';
import { askReadModels } from './asked-read-models.js';
import { print, printJson, printTable } from './output.js';
import { printGroups, printSerials, whereText } from './trace-tables.js';
import { UserError } from './user-error.js';

/** The most texts that are told to be wrong. */
const MAX_FAULTS = 10;

async function textsOf(words: readonly string[], file: string | undefined): Promise<string[]> {
  if (file === undefined) return [...words];
  let list: string;
  try {
    list = await readFile(file, 'utf8');
  } catch (error) {
    throw new UserError(`the list cannot be read: ${(error as Error).message}`);
  }
  const lines = list.split(/\r?\n/u).map((line) => line.trim());
  return [...words, ...lines.filter((line) => line !== '' && !line.startsWith('#'))];
}

/** @throws {UserError} there is no such batch */
async function traceOne(settings: Settings, text: string): Promise<SerialTrace> {
  const [batch = '', number = ''] = text.split('/');
  const trace = await askReadModels(settings, (models) =>
    new TraceSerialHandler(models).execute(new TraceSerial(Scope.nation, batch, number)),
  );
  if (trace === null) throw new UserError(`there is no batch ${batch}`);
  return trace;
}

/** @throws {UserError} a text names no serial */
async function traceMany(settings: Settings, texts: readonly string[]): Promise<SerialsTrace> {
  const { serials, faults } = serialsNamed(texts);
  if (faults.length > 0) {
    const told = faults
      .slice(0, MAX_FAULTS)
      .map(({ at, message }) => `${texts[at] ?? ''} (${message})`);
    throw new UserError(`not to be read as serials: ${told.join('; ')}`);
  }
  return askReadModels(settings, (models) =>
    new TraceSerialsHandler(models).execute(new TraceSerials(Scope.nation, serials)),
  );
}

/** As a clerk writes it: 2017-04-01 09:30 UTC. */
function minute(iso: string | null): string {
  return iso === null ? '' : `${iso.slice(0, 10)} ${iso.slice(11, 16)}`;
}

function printOne({ serial, batch, isProduced, line, handovers, position }: SerialTrace): void {
  const contract = batch === null ? '' : `, contract ${batch.contract ?? '-'} with ${batch.vendor}`;
  print(`${serial}${contract}`);
  if (!isProduced) {
    print('nobody ever made this blank');
    return;
  }
  printTable(
    ['known since', 'true since', 'where', 'by', 'officer', ''],
    line.map((stay) => [
      minute(stay.from.recorded),
      minute(stay.from.occurred),
      whereText(stay),
      `${stay.entry.type} ${stay.entry.account}@${stay.entry.revision}`,
      stay.entry.actor.id,
      [stay.isReversed ? 'undone later' : '', stay.isMoved ? 'stated too early' : '']
        .join(' ')
        .trim(),
    ]),
  );
  printHandovers(handovers);
  print(`times are UTC; holds for position ${position}`);
}

function printHandovers(handovers: SerialTrace['handovers']): void {
  if (handovers.length === 0) return;
  printTable(
    ['shipment', 'paper', 'from', 'given by', 'to', 'taken by', 'outcome', 'package', 'with it'],
    handovers.map((it) => [
      it.shipmentId,
      it.paperNumber ?? '',
      it.consignor,
      it.sent.actor.id,
      it.consignee,
      it.settled?.actor.id ?? '',
      it.outcome ?? 'on the way',
      it.package === null ? '' : `${it.package.label} ${it.package.seal}`.trim(),
      it.package === null ? 0 : it.package.usable.count + it.package.invalid.count,
    ]),
  );
}

function printMany({ groups, notFound, notTraced, position }: SerialsTrace): void {
  printGroups(groups);
  printSerials('nobody ever made', notFound);
  printSerials('too many at once, not traced', notTraced);
  print(`holds for position ${position}`);
}

/**
 * Where serials have been: one in full, more of them in groups.
 * @throws {UserError} @throws {ReadModelsMissing}
 */
export async function runTrace(
  settings: Settings,
  words: readonly string[],
  { file, json }: { readonly file?: string; readonly json: boolean },
): Promise<void> {
  const texts = await textsOf(words, file);
  const [only = ''] = texts;
  if (texts.length === 0) throw new UserError('no serial is named');
  if (texts.length > MAX_TRACED)
    throw new UserError(`at most ${MAX_TRACED} serials or ranges are traced at once`);
  if (texts.length === 1 && parseSerialNumber(only).ok) {
    const trace = await traceOne(settings, only);
    if (json) printJson(trace);
    else printOne(trace);
    return;
  }
  const trace = await traceMany(settings, texts);
  if (json) printJson(trace);
  else printMany(trace);
}
