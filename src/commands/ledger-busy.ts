/** The command was not decided, or its outcome is not known yet. Send it again with the same id. */
export class LedgerBusy extends Error {
  override readonly name = 'LedgerBusy';
}
