import { Scope } from '../read-models/scope.js';

/** The region whoever asks may see. All of the nation, until identity decides. */
export function askedScope(): Scope {
  return Scope.nation;
}
