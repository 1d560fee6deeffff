/** Where all blanks of a batch are in the whole nation. */
export interface BatchBooks {
  readonly produced: number;
  readonly usable: number;
  readonly invalid: number;
  readonly inTransit: number;
  readonly issued: number;
  readonly destroyed: number;
  readonly missing: number;
  /** Produced less all the others: 0 in books that close. */
  readonly balance: number;
}
