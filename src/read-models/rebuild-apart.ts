import type { EventStore } from '../event-store/event-store.js';
import { compareFiles, type RowComparison } from './dump.js';
import type { KeptProvinces } from './kept-provinces.js';
import type { OnProgress } from './log-progress.js';
import type { Projection } from './projection.js';
import { buildReadModels, type Built, type RebuildThreads } from './rebuild.js';

/** The long parts of a rebuild beside read models that go on being written, wherever they are done. */
export interface RebuildApart {
  /** Builds a fresh file. @throws as `buildReadModels` @throws the signal's reason when it aborts */
  build(file: string, onProgress: OnProgress | undefined, signal: AbortSignal): Promise<Built>;
  /** As {@link compareFiles}. */
  compare(
    files: { readonly expected: string; readonly actual: string },
    onOpened: () => void,
    signal: AbortSignal,
  ): Promise<RowComparison | null>;
}

/** In this thread, which is held up meanwhile. */
export class RebuildHere implements RebuildApart {
  constructor(
    private readonly store: EventStore,
    private readonly projections: readonly Projection[],
    private readonly options: {
      readonly kept?: KeptProvinces | undefined;
      readonly threads?: RebuildThreads | undefined;
    } = {},
  ) {}

  build(file: string, onProgress: OnProgress | undefined, signal: AbortSignal): Promise<Built> {
    const watched: OnProgress = (...progress) => {
      signal.throwIfAborted();
      onProgress?.(...progress);
    };
    const { projections, options } = this;
    return buildReadModels(this.store, file, { ...options, projections, onProgress: watched });
  }

  compare(
    files: { readonly expected: string; readonly actual: string },
    onOpened: () => void,
  ): Promise<RowComparison | null> {
    return Promise.resolve(compareFiles(files, this.projections, onOpened));
  }
}
