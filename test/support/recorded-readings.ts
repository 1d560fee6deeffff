import type { EventStore, ReadStreamOptions } from '../../src/event-store/event-store.js';

/** The store, with every reading of a stream noted in `readings`. */
export function recordingReadings(store: EventStore, readings: ReadStreamOptions[]): EventStore {
  return {
    readOnlyReason: null,
    append: (...given) => store.append(...given),
    readAll: (...given) => store.readAll(...given),
    subscribeAll: (...given) => store.subscribeAll(...given),
    head: () => store.head(),
    close: () => store.close(),
    readStream: (stream, options = {}) => {
      readings.push(options);
      return store.readStream(stream, options);
    },
  };
}
