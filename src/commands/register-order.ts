import type { FacilityDecision } from '../custody/facilities/facility-decisions.js';
import {
  REGISTER_STREAM,
  type FacilityDocument,
  type FacilityEvent,
} from '../custody/facilities/facility-events.js';
import type { FacilityRegister } from '../custody/facilities/facility-register.js';
import type { BodyReader } from './body-reader.js';
import type { CommandEnvelope } from './command-envelope.js';
import type { CommandExecutor, CommandResult } from './command-executor.js';
import type { DocumentBody } from './entry.body.js';
import type { RegisterFollower } from './register-follower.js';
import type { Aggregate } from './stream-session.js';

/** The register is too large to be a value of a session; its follower holds it. */
const registerAggregate: Aggregate<null> = { initial: () => null, evolve: (state) => state };

export interface RegisterOrder {
  readonly name: string;
  readonly envelope: CommandEnvelope;
  readonly command: object;
  /** What was wrong with the body, if anything. */
  readonly reader: BodyReader;
  readonly decide: (register: FacilityRegister) => FacilityDecision;
}

/** The papers of a change to the register. */
export function readPaper(body: { note?: string; documents?: DocumentBody[] }): {
  readonly note: string;
  readonly documents: readonly FacilityDocument[];
} {
  const documents = (body.documents ?? []).map(({ kind, number, sha256 }) => ({
    kind,
    number,
    sha256,
  }));
  return { note: body.note ?? '', documents };
}

/** Refuses a malformed body; otherwise decides on the register as its stream has it. */
export async function executeOnRegister(
  executor: CommandExecutor,
  follower: RegisterFollower,
  { reader, decide, ...order }: RegisterOrder,
): Promise<CommandResult> {
  if (reader.rejection !== null) return { ok: false, rejection: reader.rejection };
  const result = await executor.execute<null, FacilityEvent>({
    ...order,
    stream: REGISTER_STREAM,
    aggregate: registerAggregate,
    approval: null,
    decide: async () => {
      await follower.catchUp();
      return decide(follower.register);
    },
  });
  await follower.catchUp();
  return result;
}
