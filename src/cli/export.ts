import { createWriteStream, existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { RegisterFollower } from '../commands/register-follower.js';
import type { FacilityRegister } from '../custody/facilities/facility-register.js';
import { assertNever } from '../custody/assert.js';
import { SerialSet } from '../custody/serials/serial-set.js';
import type { EventStore } from '../event-store/event-store.js';
import { EXPORT_FORMATS, exportFileName, type ExportFormatName } from '../exports/export-format.js';
import { EventsExport, EventsExportHandler } from '../read-models/exports/events-export.query.js';
import type { ExportTable } from '../read-models/exports/export-table.js';
import {
  exportKind,
  parseSerials,
  type ExportName,
  type ExportParameter,
  type ExportSelection,
} from '../read-models/exports/exports.js';
import {
  MovementsExport,
  MovementsExportHandler,
} from '../read-models/exports/movements-export.query.js';
import { StockExport, StockExportHandler } from '../read-models/exports/stock-export.query.js';
import { TraceExport, TraceExportHandler } from '../read-models/exports/trace-export.query.js';
import { areForeign, ReadModelsForeign } from '../read-models/foreign-read-models.js';
import { loadPublishedRegister } from '../read-models/facilities/published-register.js';
import { ReadModelsReader } from '../read-models/read-models-reader.js';
import { Scope } from '../read-models/scope.js';
import type { Settings } from '../settings.js';
import { openLogForReading } from './event-log.js';
import { typesOf } from './feed.js';
import { complain } from './output.js';
import { UserError } from './user-error.js';

export interface ExportOptions {
  readonly format: ExportFormatName;
  /** Default: a name of its own in the current folder. */
  readonly out?: string | undefined;
  readonly hasByteOrderMark: boolean;
  /** With commas between. */
  readonly types?: string | undefined;
  readonly serials?: string | undefined;
  readonly selection: Omit<ExportSelection, 'types' | 'serials'>;
}

/**
 * Writes an export into a file, which has its name only when it is whole.
 * @throws {UserError} the file exists; what is asked for does not
 */
export async function runExport(
  settings: Settings,
  what: ExportName,
  options: ExportOptions,
): Promise<void> {
  const { types, serials } = options;
  const selection: ExportSelection = {
    ...options.selection,
    ...(types === undefined ? {} : { types: typesOf(types) }),
    ...(serials === undefined ? {} : { serials: serialsOf(serials) }),
  };
  checkSelection(what, selection);
  const store = await openLogForReading(settings);
  try {
    const follower = new RegisterFollower(store, loadPublishedRegister());
    await follower.catchUp();
    const table = await tableOf(settings, what, selection, store, follower.register);
    if (table === null) throw new UserError('there is no such region or account');
    const { format, hasByteOrderMark, out = exportFileName(table, format) } = options;
    await writeWhole(out, (signal) =>
      EXPORT_FORMATS[format].encode(table, { signal, hasByteOrderMark }),
    );
    complain(`${out}: ${what} up to position ${table.position}`);
  } finally {
    await store.close();
  }
}

function checkSelection(what: ExportName, selection: ExportSelection): void {
  const { parameters, required } = exportKind(what);
  const given = (Object.keys(selection) as ExportParameter[]).filter(
    (name) => selection[name] !== undefined,
  );
  const unknown = given.find((name) => !parameters.includes(name));
  if (unknown !== undefined) throw new UserError(`an export of ${what} takes no ${unknown}`);
  const missing = required.find((name) => !given.includes(name));
  if (missing !== undefined) throw new UserError(`an export of ${what} needs a ${missing}`);
}

async function tableOf(
  settings: Settings,
  what: ExportName,
  { level = 'province', ...selection }: ExportSelection,
  store: EventStore,
  register: FacilityRegister,
): Promise<ExportTable | null> {
  switch (what) {
    case 'events':
      return new EventsExportHandler(store, register).execute(
        new EventsExport(Scope.nation, selection),
      );
    case 'movements':
      return new MovementsExportHandler(store, register).execute(
        new MovementsExport(Scope.nation, selection),
      );
    case 'stock':
      return fromReadModels(settings, store, (models) =>
        new StockExportHandler(models, register).execute(
          new StockExport(Scope.nation, { ...selection, level }),
        ),
      );
    case 'trace': {
      const { serials = SerialSet.empty } = selection;
      return fromReadModels(settings, store, (models) =>
        new TraceExportHandler(models).execute(new TraceExport(Scope.nation, { serials })),
      );
    }
    default:
      return assertNever(what);
  }
}

async function fromReadModels(
  settings: Settings,
  store: EventStore,
  ask: (models: ReadModelsReader) => Promise<ExportTable | null>,
): Promise<ExportTable | null> {
  const models = ReadModelsReader.open(store, settings.readModelsFile);
  try {
    if (await areForeign(store, models.database))
      throw new ReadModelsForeign(settings.readModelsFile);
    return await ask(models);
  } finally {
    // The rows have a connection of their own.
    await models.close();
  }
}

/** @throws {UserError} */
function serialsOf(text: string): SerialSet {
  const serials = parseSerials(text);
  if (serials === null)
    throw new UserError('--serials takes serials or ranges: 2017-A/1..500,2017-A/701');
  return serials;
}

async function writeWhole(
  file: string,
  bytes: (signal: AbortSignal) => AsyncIterable<Uint8Array>,
): Promise<void> {
  if (existsSync(file)) throw new UserError(`${file} exists; an export overwrites nothing`);
  const partial = `${file}.partial`;
  const ending = new AbortController();
  try {
    await pipeline(bytes(ending.signal), createWriteStream(partial));
    await rename(partial, file);
  } catch (error) {
    ending.abort();
    await rm(partial, { force: true });
    throw error;
  }
}
