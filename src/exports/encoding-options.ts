export interface EncodingOptions {
  /** Stops the reading of the rows when nobody wants them any more. */
  readonly signal: AbortSignal;
  /** CSV alone: begins with a byte order mark, by which Excel knows UTF-8. */
  readonly hasByteOrderMark?: boolean | undefined;
}
