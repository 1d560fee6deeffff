/** Where the vault of a ledger is: in a file of one machine, or on a server for several nodes. */
export type VaultLocation =
  /** Absolute path. */
  | { readonly kind: 'sqlite'; readonly file: string }
  /** As {@link isPostgresUrl} has it; it may hold a password, so it stands in no message. */
  | { readonly kind: 'postgres'; readonly url: string };

/** Only a writer enters people, and makes a vault where there is none yet. */
export type VaultMode = 'writer' | 'reader';

export const POSTGRES_SCHEME = /^postgres(ql)?:/;

/**
 * What a URL may ask of the connection. Others either mean nothing to the driver, and so would be
 * silently left out, or undo the vault's own limits of time.
 */
export const POSTGRES_PARAMETERS: readonly string[] = [
  'host',
  'port',
  'user',
  'password',
  'application_name',
  'sslmode',
  'sslrootcert',
  'sslcert',
  'sslkey',
  'sslnegotiation',
  'uselibpqcompat',
];

/**
 * Whether this is a URL of a database: `postgres://user:password@host:5432/database?sslmode=…`, with
 * an empty host and `?host=/folder` for a Unix socket. A character that a URL gives a meaning to is
 * percent-encoded in a password; what is not would be taken for a host or a database, and shown.
 */
export function isPostgresUrl(text: string): boolean {
  // A user without a host is no URL by the standard, but is how a Unix socket is written.
  const url = URL.parse(text.replace('@/', '@localhost/'));
  if (url === null || !POSTGRES_SCHEME.test(url.protocol)) return false;
  const parameters = [...url.searchParams.keys()];
  const areKnown = parameters.every((name) => POSTGRES_PARAMETERS.includes(name));
  const areSingle = new Set(parameters).size === parameters.length;
  return /^\/[^/@:]+$/.test(url.pathname) && url.hash === '' && areKnown && areSingle;
}
