/** The event store that the specs of this folder run on: the embedded one, unless `on-stand-in.js` comes first. */
export const storeUnderTest: { kind: 'embedded' | 'stand-in' } = { kind: 'embedded' };
