import { EventStoreDBClient, type Credentials } from '@eventstore/db-client';

/** The connection string cannot be used. The message never repeats it: it may hold a password. */
export class ConnectionStringRefused extends Error {
  override readonly name = 'ConnectionStringRefused';
}

export interface Connection {
  readonly client: EventStoreDBClient;
  /** Sent with every append; see {@link connect}. */
  readonly credentials: Credentials;
  /** The nodes it names, without credentials: for logs. */
  readonly hosts: string;
}

const SCHEME = /^(?:esdb|kurrentdb|kurrent)(?<discover>\+discover)?:\/\//;
const CREDENTIALS = /^(?<username>[^:@/?#]+):(?<password>[^@/?#]+)@/;
/** Taken by a server that checks none; the client sends none where TLS is off. */
const NO_CREDENTIALS: Credentials = { username: 'none', password: 'none' };

/**
 * Makes a client; connects at its first call. The credentials are also given to the appends that are
 * calls of their own: with them the client makes no batch of them, see `AppendBatches`.
 * @throws {ConnectionStringRefused}
 */
export function connect(connectionString: string): Connection {
  const scheme = SCHEME.exec(connectionString);
  if (scheme === null)
    throw new ConnectionStringRefused(
      'it begins with none of esdb://, esdb+discover://, kurrentdb://',
    );
  const rest = connectionString.slice(scheme[0].length);
  const options = queryOf(rest);
  if (options.get('throwonappendfailure') === 'false')
    throw new ConnectionStringRefused('throwOnAppendFailure=false hides refused appends');
  const credentials = credentialsOf(rest);
  const [hosts = ''] = rest.replace(CREDENTIALS, '').split('?');
  if (hosts.includes('@'))
    throw new ConnectionStringRefused(
      'its user or password is not percent-encoded as it should be',
    );
  const isSecure = options.get('tls') !== 'false';
  if (!isSecure && credentials !== null)
    throw new ConnectionStringRefused(
      'credentials are not sent where tls=false: leave one of them out',
    );
  if (isSecure && credentials === null)
    throw new ConnectionStringRefused(
      'it names no user and password, which a server with TLS wants',
    );
  try {
    const client = EventStoreDBClient.connectionString(
      `esdb${scheme.groups?.discover ?? ''}://${rest}`,
    );
    return {
      client,
      credentials: credentials ?? NO_CREDENTIALS,
      hosts: hosts.replace(/\/$/, ''),
    };
  } catch {
    throw new ConnectionStringRefused('the client cannot read it; see the README for its form');
  }
}

/** Keys as the client compares them: in lower case, without dashes and underscores. */
function queryOf(rest: string): ReadonlyMap<string, string> {
  const from = rest.indexOf('?');
  const pairs = from === -1 ? [] : rest.slice(from + 1).split('&');
  return new Map(
    pairs.map((pair) => {
      const [key = '', value = ''] = pair.split('=');
      return [key.trim().toLowerCase().replace(/[_-]/g, ''), value.trim()];
    }),
  );
}

function credentialsOf(rest: string): Credentials | null {
  const groups = CREDENTIALS.exec(rest)?.groups;
  if (groups === undefined) return null;
  try {
    return {
      username: decodeURIComponent(groups.username ?? ''),
      password: decodeURIComponent(groups.password ?? ''),
    };
  } catch {
    throw new ConnectionStringRefused(
      'its user or password is not percent-encoded as it should be',
    );
  }
}
