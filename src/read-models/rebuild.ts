import { existsSync, renameSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { decodeEvent } from '../event-store/codec/event-codec.js';
import type { EventStore } from '../event-store/event-store.js';
import { BulkRebuild, type RebuildShare } from './bulk-rebuild.js';
import { compareRows, type RowComparison } from './dump.js';
import { KeptEvents, KeptProvinces } from './kept-provinces.js';
import type { Projection } from './projection.js';
import { PROJECTIONS } from './projections.js';
import { logProgress, type OnProgress } from './log-progress.js';
import { ReadModelDatabase } from './read-model-database.js';
import { takeInThreads } from './rebuild-threads.js';
import { keptProvinces, registeredProjections, registerProjections } from './registry.js';
import { recordedAtOf } from './segment-builder.js';

export interface RebuildThreads {
  readonly count: number;
  /** Events each is given at a time; a log of fewer than twice as many is read in this thread. */
  readonly partEvents: number;
}

export interface RebuildOptions {
  readonly onProgress?: OnProgress | undefined;
  /** Default: all of {@link PROJECTIONS}. */
  readonly projections?: readonly Projection[] | undefined;
  /** Of which provinces the rows are to be. Default: all. Some only are read in one thread. */
  readonly kept?: KeptProvinces | undefined;
  /** Beside this one. Default: none, this thread reads the log itself. */
  readonly threads?: RebuildThreads | undefined;
}

/** Beyond four, the one thread that applies what cannot be gathered is what is waited for. */
export const REBUILD_THREADS: RebuildThreads = {
  count: Math.min(4, availableParallelism()),
  partEvents: 20_000,
};

/** What a fresh file holds. */
export interface Built {
  /** Of the last event projected; null on an empty log. */
  readonly position: string | null;
  readonly events: number;
  /** For how long each projection worked, of all the time. */
  readonly shares: readonly RebuildShare[];
}

export interface Rebuilt extends Built {
  /**
   * The old rows against the new ones at the position the old ones were at; null when there was
   * nothing to compare: no old file, one of other versions, or one that was halted.
   */
  readonly comparison: RowComparison | null;
}

/**
 * Builds the read models from the log into a file beside `file`, compares, and puts it in its place
 * in one rename. Nothing may have `file` open to write meanwhile. Reading goes on from the old file until then.
 * Events are folded in bulk, see {@link BulkRebuild}, in threads where they are asked for; memory is
 * bounded by the rows, not by the log.
 * @throws {RebuildFailed} an event cannot be projected
 * @throws {LogCorrupt} an event cannot be read, and where it stands
 */
export async function rebuildReadModels(
  store: EventStore,
  file: string,
  options: RebuildOptions = {},
): Promise<Rebuilt> {
  const beside = `${file}.rebuild`;
  removeReadModels(beside);
  const fresh = ReadModelDatabase.create(beside);
  let rebuilt: Rebuilt;
  try {
    rebuilt = await build(store, fresh, file, options);
  } catch (error) {
    fresh.close();
    removeReadModels(beside);
    throw error;
  }
  fresh.finish(beside);
  putInPlace(beside, file);
  return rebuilt;
}

async function build(
  store: EventStore,
  fresh: ReadModelDatabase,
  file: string,
  options: RebuildOptions,
): Promise<Rebuilt> {
  const { projections = PROJECTIONS, kept = KeptProvinces.all } = options;
  const old = openComparable(file, projections, kept);
  try {
    let comparison: RowComparison | null = null;
    const compare = (): void => {
      if (old !== null) comparison = compareRows(fresh, old.database, projections);
    };
    // Where the fold is cut, so that both are at one position.
    const cut = { position: old?.position ?? 0n, reached: compare };
    const built = await fill(store, fresh, { ...options, projections, kept, cut });
    return { ...built, comparison };
  } finally {
    old?.database.close();
  }
}

/**
 * Builds the read models from the log, up to its end at the time that is reached, into a file that nobody
 * reads. Where `kept` names some provinces, or no threads are given, this thread reads the log.
 * @throws {RebuildFailed} an event cannot be projected; the file is gone again
 * @throws {LogCorrupt} an event cannot be read, and where it stands
 */
export async function buildReadModels(
  store: EventStore,
  file: string,
  options: RebuildOptions = {},
): Promise<Built> {
  removeReadModels(file);
  const fresh = ReadModelDatabase.create(file);
  try {
    const { projections = PROJECTIONS, kept = KeptProvinces.all } = options;
    const built = await fill(store, fresh, { ...options, projections, kept, cut: null });
    fresh.finish(file);
    return built;
  } catch (error) {
    fresh.close();
    removeReadModels(file);
    throw error;
  }
}

interface Fill extends RebuildOptions {
  readonly projections: readonly Projection[];
  readonly kept: KeptProvinces;
  /** A position at which the rows are looked at once; null for none. */
  readonly cut: { readonly position: bigint; readonly reached: () => void } | null;
}

async function fill(
  store: EventStore,
  fresh: ReadModelDatabase,
  { onProgress, projections, kept, cut, ...options }: Fill,
): Promise<Built> {
  registerProjections(fresh, projections, kept);
  const threads = kept.isAll ? options.threads : undefined;
  const counted = new KeptEvents(kept);
  const rebuild = new BulkRebuild(fresh, projections);
  const head = (await store.head()) ?? 0n;
  let events = 0;
  const tell = logProgress(store, head, onProgress);
  const progress = (more: number, position: bigint): void => {
    events += more;
    tell(events, position);
  };
  let isReached = cut === null;
  const reach = (): void => {
    if (isReached) return;
    isReached = true;
    rebuild.flush();
    cut?.reached();
  };
  const cutAt = cut?.position ?? head;
  if (cutAt === 0n) reach();
  // Threads go through to where the rows are looked at; what is beyond is little, if anything.
  const to = cutAt > 0n && cutAt < head ? cutAt : head;
  const parts = threads === undefined ? [] : partsOf(store, to, threads);
  if (threads !== undefined && parts.length > 1)
    await takeInThreads(rebuild, parts, {
      threads: threads.count,
      // Only an engine that counts events has parts.
      onEvents: (more) => {
        progress(more, to);
      },
    });
  // Only an engine that has parts has positions without gaps.
  const from = rebuild.position === null ? undefined : rebuild.position + 1n;
  for await (const batch of store.readAll({ from })) {
    for (const recorded of batch) {
      if (recorded.position > cutAt) reach();
      const event = counted.isElsewhere(recorded) ? null : decodeEvent(recorded);
      if (event !== null && counted.passes(event)) rebuild.take(event);
      else rebuild.skip(recorded.position, recordedAtOf(recorded));
    }
    progress(batch.length, batch.at(-1)?.position ?? head);
  }
  reach();
  rebuild.flush();
  const { position, shares } = rebuild;
  return { position: position === null ? null : String(position), events, shares };
}

function partsOf(store: EventStore, to: bigint, { partEvents }: RebuildThreads) {
  const isLarge = to >= 2n * BigInt(partEvents);
  return isLarge ? (store.parts?.({ to, events: partEvents }) ?? []) : [];
}

interface Comparable {
  readonly database: ReadModelDatabase;
  readonly position: bigint | null;
}

/** The old file, where its projections are of today's versions and all at one position. */
function openComparable(
  file: string,
  projections: readonly Projection[],
  kept: KeptProvinces,
): Comparable | null {
  if (!existsSync(file)) return null;
  let database: ReadModelDatabase | null = null;
  try {
    // To write, so that closing it takes its write-ahead log in.
    database = ReadModelDatabase.open(file);
    const known = registeredProjections(database);
    const found = projections.map(({ name, version }) => {
      const it = known.get(name);
      return it?.version === version ? it : null;
    });
    const [first] = found;
    const isSame = String(keptProvinces(database)) === String(kept);
    const isWhole = isSame && found.every((it) => it !== null && it.position === first?.position);
    if (isWhole) return { database, position: first?.position ?? null };
  } catch {
    // It cannot be read as read models: there is nothing to compare, and it is about to be replaced.
  }
  database?.close();
  return null;
}

/** In one rename; nothing may be in a write-ahead log of the new file, nor be missed of one of the old. */
export function putInPlace(beside: string, file: string): void {
  // The write-ahead log of the old file must not be taken for one of the new.
  for (const suffix of ['-wal', '-shm']) rmSync(`${file}${suffix}`, { force: true });
  renameSync(beside, file);
}

/** A file of read models, and what SQLite has beside it. */
export function removeReadModels(file: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal'])
    rmSync(`${file}${suffix}`, { force: true });
}
