import { Scope } from '../read-models/scope.js';

/** The region that whoever asks may see. Identity will decide on it; until then it is the nation. */
export function askedScope(): Scope {
  return Scope.nation;
}
