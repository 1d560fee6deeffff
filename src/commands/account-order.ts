import type { AccountId } from '../custody/account/account-id.js';
import { streamOfAccount } from '../custody/account/account-id.js';
import type { CustodyAccount } from '../custody/account/custody-account.js';
import type { Decision, DecisionContext } from '../custody/account/decision.js';
import type { Approval, CustodyEvent } from '../custody/account/events.js';
import type { Recorded } from '../event-store/codec/ledger-event.js';
import { AccountFacts } from './account-facts.js';
import { accountAggregate } from './aggregates.js';
import type { BodyReader } from './body-reader.js';
import type { CommandEnvelope } from './command-envelope.js';
import type { CommandExecutor, CommandResult } from './command-executor.js';

/** A command on one account, as its handler hands it to the executor. */
export interface AccountOrder<C extends object> {
  readonly name: string;
  readonly envelope: CommandEnvelope;
  readonly account: AccountId;
  readonly command: C;
  /** What was wrong with the body, if anything. */
  readonly reader: BodyReader;
  readonly decide: (
    account: CustodyAccount,
    context: DecisionContext,
    facts: AccountFacts,
  ) => Decision | Promise<Decision>;
  readonly complete?: (events: readonly CustodyEvent[]) => Promise<readonly CustodyEvent[]>;
  readonly isSamePerson?: (stored: readonly Recorded[]) => Promise<boolean>;
}

/** Refuses a malformed body; otherwise carries the command out on its account. */
export async function executeOnAccount<C extends object>(
  executor: CommandExecutor,
  { account, reader, decide, ...order }: AccountOrder<C>,
): Promise<CommandResult> {
  if (reader.rejection !== null) return { ok: false, rejection: reader.rejection };
  const approval = (order.command as { readonly approval?: Approval | null }).approval ?? null;
  return executor.execute<CustodyAccount, CustodyEvent>({
    ...order,
    stream: streamOfAccount(account),
    aggregate: accountAggregate,
    approval,
    decide: (session, context) =>
      decide(session.state, context, new AccountFacts(executor, session)),
  });
}
