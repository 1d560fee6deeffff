import type { EventStore, ReadStreamOptions } from '../../src/event-store/event-store.js';

/** The store with another way to read a stream. */
export function withReadStream(
  store: EventStore,
  readStream: EventStore['readStream'],
): EventStore {
  return {
    readOnlyReason: null,
    append: (...given) => store.append(...given),
    readAll: (...given) => store.readAll(...given),
    subscribeAll: (...given) => store.subscribeAll(...given),
    head: () => store.head(),
    close: () => store.close(),
    readStream,
  };
}

/** The store, with every reading of a stream noted in `readings`. */
export function recordingReadings(store: EventStore, readings: ReadStreamOptions[]): EventStore {
  return withReadStream(store, (stream, options = {}) => {
    readings.push(options);
    return store.readStream(stream, options);
  });
}
