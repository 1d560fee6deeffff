import { assert } from '../assert.js';
import { reject, type Rejection } from '../rejection.js';
import { SerialSet } from '../serials/serial-set.js';
import { heldBy, type CustodyAccount } from './custody-account.js';
import {
  accept,
  accountRefusal,
  entryFields,
  formRefusal,
  occurrenceRefusal,
  refuse,
  type Decision,
  type DecisionContext,
} from './decision.js';
import type { CountScope, CustodyEventOf, EntryFields, HeldState } from './events.js';
import { splitBy, splitToJson, type Split } from './incoming-shipment.js';

/** A stock count against the books as they stood at a revision; what was not seen becomes missing. */
export interface CountStock extends EntryFields {
  /** Revision of the account's stream the count sheet was made at. */
  readonly bookRevision: bigint;
  readonly scope: CountScope;
  readonly seenUsable: SerialSet;
  readonly seenInvalid: SerialSet;
}

function scoped({ states, batches }: CountScope, books: Split): Split {
  const part = (state: HeldState): SerialSet => {
    if (!states.includes(state)) return SerialSet.empty;
    if (batches === null) return books[state];
    const wanted = books[state].batches().filter((batch) => batches.includes(batch));
    return wanted.reduce((all, batch) => all.plus(books[state].ofBatch(batch)), SerialSet.empty);
  };
  return { usable: part('usable'), invalid: part('invalid') };
}

/** `booksThen`: the account at `bookRevision`, or null when the stream has no such revision. */
export function countRefusal(
  account: CustodyAccount,
  command: CountStock,
  booksThen: CustodyAccount | null,
  context: DecisionContext,
): Rejection | null {
  return (
    formRefusal(command.seenUsable, command.seenInvalid) ??
    accountRefusal(account, context) ??
    (booksThen === null
      ? reject('book_revision_unknown', { details: { bookRevision: String(command.bookRevision) } })
      : null)
  );
}

/**
 * The outcome of a count that passed its checks. Short is what the books had in scope then, was
 * not seen, and is still held now; what moved in between is listed, not guessed at.
 */
export function countOutcome(
  account: CustodyAccount,
  command: CountStock,
  booksThen: CustodyAccount,
): CustodyEventOf<'StockCounted'> {
  const { scope, seenUsable, seenInvalid, bookRevision } = command;
  const then = scoped(scope, booksThen);
  const now = scoped(scope, account);
  const allThen = then.usable.plus(then.invalid);
  const allNow = now.usable.plus(now.invalid);
  const seen = seenUsable.plus(seenInvalid);
  const short = splitBy(allThen.subtract(seen), account);
  const surplus = seen.subtract(heldBy(booksThen)).subtract(heldBy(account));
  const misclassified = seenUsable
    .intersect(booksThen.invalid)
    .plus(seenInvalid.intersect(booksThen.usable));
  const moved = allThen.subtract(allNow).plus(allNow.subtract(allThen));
  return {
    type: 'StockCounted',
    data: {
      ...entryFields(command),
      bookRevision: String(bookRevision),
      scope,
      seenUsable: seenUsable.toJson(),
      seenInvalid: seenInvalid.toJson(),
      short: splitToJson(short),
      surplus: surplus.toJson(),
      misclassified: misclassified.toJson(),
      moved: moved.toJson(),
    },
  };
}

export function decideCountStock(
  account: CustodyAccount,
  command: CountStock,
  booksThen: CustodyAccount | null,
  context: DecisionContext,
): Decision {
  const rejection =
    countRefusal(account, command, booksThen, context) ??
    occurrenceRefusal(command.occurredAt, context.now);
  if (rejection !== null) return refuse(rejection);
  assert(booksThen !== null, 'the check of the count has found the books');
  return accept(countOutcome(account, command, booksThen));
}
