import type { sendUnaryData, ServerUnaryCall } from '@grpc/grpc-js';
import features from '@eventstore/db-client/generated/serverfeatures_pb.js';
import type { SupportedMethods } from '@eventstore/db-client/generated/serverfeatures_pb.js';
import type { Faults } from './faults.js';

/** The version whose behaviour the stand-in follows. */
const VERSION = '23.10.6';

/** Names in lower case, as the server gives them. */
const METHODS: Readonly<Record<string, readonly string[]>> = {
  read: ['position', 'events'],
  append: [],
  delete: [],
  tombstone: [],
  batchappend: ['deadline_duration'],
};

/**
 * ServerFeatures.GetSupportedMethods. Needs no credentials.
 * @param batchAppend whether the client is told of BatchAppend, and so uses it
 */
export function supportedMethodsCall(
  faults: Faults,
  batchAppend: boolean,
): (
  call: ServerUnaryCall<unknown, SupportedMethods>,
  end: sendUnaryData<SupportedMethods>,
) => void {
  const names = Object.keys(METHODS).filter((name) => batchAppend || name !== 'batchappend');
  const methods = names.map((name) =>
    new features.SupportedMethod()
      .setServiceName('event_store.client.streams.streams')
      .setMethodName(name)
      .setFeaturesList([...(METHODS[name] ?? [])]),
  );
  const answer = new features.SupportedMethods()
    .setEventStoreServerVersion(VERSION)
    .setMethodsList(methods);
  return (_, end) => {
    void faults.pauseOver().then(() => {
      end(null, answer);
    });
  };
}
