/** Injection tokens of what has no class of its own. */
export const SETTINGS = Symbol('Settings');
export const CLOCK = Symbol('Clock');
export const EVENT_STORE = Symbol('EventStore');
