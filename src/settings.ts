import { isAbsolute, resolve } from 'node:path';
import {
  isPostgresUrl,
  POSTGRES_PARAMETERS,
  POSTGRES_SCHEME,
  type VaultLocation,
} from './access/subject-vault/vault-location.js';

/** Everything that can be set, all by environment variables. */
export interface Settings {
  readonly port: number;
  readonly host: string;
  /** Absolute. Relative paths of other settings start here. */
  readonly dataDir: string;
  readonly eventStore: EventStoreSetting;
  readonly vault: VaultLocation;
  readonly readModelsFile: string;
  /** Codes of the provinces whose read models are kept, two digits each; none for all. */
  readonly subscribe: readonly string[];
  readonly logLevel: LogLevel;
  /** How long a query waits for the position it asks for, in milliseconds. */
  readonly queryWaitMs: number;
  readonly webhooks: WebhookSettings;
  /** How many threads answer the questions that take long; 0: the one that serves requests. */
  readonly questionThreads: number;
  /** The environment the vault's key is looked up in; see the subject vault. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface WebhookSettings {
  /** Whether this process delivers: of several on one event store one alone. */
  readonly isOn: boolean;
  /** Whether this machine itself may be sent to. */
  readonly isLoopbackAllowed: boolean;
  /** How long a delivery is tried for, in milliseconds. */
  readonly retryForMs: number;
  readonly file: string;
}

/** Where the events are. */
export type EventStoreSetting =
  /** The embedded store, in the file of this absolute path. */
  | { readonly kind: 'sqlite'; readonly file: string }
  /** EventStoreDB or KurrentDB. The string may hold a password: it is never printed. */
  | { readonly kind: 'eventstoredb'; readonly connectionString: string };

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  constructor(variable: string, why: string) {
    super(`${variable} ${why}`);
  }
}

interface SettingReference {
  readonly name: string;
  readonly byDefault: string;
  readonly meaning: string;
}

/** The table of the README. */
export const SETTINGS_REFERENCE: readonly SettingReference[] = [
  { name: 'PORT', byDefault: '3000', meaning: 'TCP port of the server; 0 takes a free one' },
  {
    name: 'HOST',
    byDefault: '127.0.0.1',
    meaning: 'address to listen on; only loopback is accepted so far',
  },
  {
    name: 'DATA_DIR',
    byDefault: './data',
    meaning: 'folder of all files; relative paths below start there',
  },
  {
    name: 'EVENT_STORE',
    byDefault: 'sqlite:ledger.db',
    meaning:
      'the event store: `sqlite:` and a file, or a connection string `esdb://`, `esdb+discover://`, `kurrentdb://`',
  },
  {
    name: 'VAULT',
    byDefault: 'sqlite:vault.db',
    meaning: 'the subject vault, all personal data: `sqlite:` and a file, or `postgres://…`',
  },
  {
    name: 'VAULT_KEY',
    byDefault: '-',
    meaning: 'master key of the vault, 64 hex digits; instead of a key file',
  },
  {
    name: 'VAULT_KEY_FILE',
    byDefault: 'vault.key',
    meaning: 'file of the master key; made at first start with `sqlite:`; never in a backup',
  },
  {
    name: 'READ_MODELS_FILE',
    byDefault: 'read-models.db',
    meaning: 'derived tables; may be deleted at any time',
  },
  {
    name: 'SUBSCRIBE',
    byDefault: '-',
    meaning: 'provinces whose read models this node keeps, e.g. `31,32`; all if unset',
  },
  {
    name: 'QUERY_WAIT_MS',
    byDefault: '5000',
    meaning: 'how long `atLeast=` waits for the read models, milliseconds',
  },
  {
    name: 'WEBHOOKS',
    byDefault: '-',
    meaning:
      'whether this process delivers webhooks, `on` or `off`; if unset, `on` with `sqlite:` and `off` beside a server',
  },
  {
    name: 'WEBHOOK_RETRY_SECONDS',
    byDefault: '86400',
    meaning: 'how long a delivery that fails is tried again, seconds',
  },
  {
    name: 'WEBHOOK_LOOPBACK',
    byDefault: 'off',
    meaning: '`on` lets webhooks lead to this machine, by http too: for tests and demonstrations',
  },
  {
    name: 'QUESTION_THREADS',
    byDefault: '2',
    meaning: 'threads that answer what takes long, up to 16; 0: the one that serves requests',
  },
  { name: 'LOG_LEVEL', byDefault: 'info', meaning: `one of ${LOG_LEVELS.join(', ')}` },
];

const STORE_SCHEME = 'sqlite:';
const SERVER_SCHEME = /^(esdb|kurrentdb|kurrent)(\+discover)?:\/\//;
const MAX_PORT = 65_535;
const MAX_WAIT_MS = 60_000;
const MAX_RETRY_SECONDS = 999_999;
/** Not a setting: what is in it cannot be made anew, and belongs to this folder. */
const WEBHOOKS_FILE = 'webhooks.db';
const MAX_QUESTION_THREADS = 16;

type Environment = Readonly<Record<string, string | undefined>>;

function textOf(env: Environment, name: string): string {
  const given = env[name];
  if (given !== undefined && given !== '') return given;
  const reference = SETTINGS_REFERENCE.find((setting) => setting.name === name);
  if (reference === undefined) throw new Error(`no such setting: ${name}`);
  return reference.byDefault;
}

function wholeOf(env: Environment, name: string, max: number): number {
  const text = textOf(env, name);
  const value = Number(text);
  if (/^[0-9]{1,6}$/.test(text) && value <= max) return value;
  throw new SettingsError(name, `must be a whole number from 0 to ${max}, not "${text}"`);
}

/**
 * @param variable where the text comes from, for the error
 * @throws {SettingsError} it names no event store; the text is not repeated, since it may hold a password
 */
export function readEventStore(
  text: string,
  { dataDir, variable }: { readonly dataDir: string; readonly variable: string },
): EventStoreSetting {
  if (SERVER_SCHEME.test(text)) return { kind: 'eventstoredb', connectionString: text };
  const file = text.startsWith(STORE_SCHEME) ? text.slice(STORE_SCHEME.length) : '';
  if (file === '' || file.startsWith(':')) {
    throw new SettingsError(
      variable,
      `must be "${STORE_SCHEME}" and a file, such as sqlite:ledger.db, or begin with esdb://, ` +
        'esdb+discover:// or kurrentdb://',
    );
  }
  return { kind: 'sqlite', file: resolve(dataDir, file) };
}

function provincesOf(env: Environment): readonly string[] {
  const text = env.SUBSCRIBE ?? '';
  if (text === '') return [];
  const codes = text.split(',').map((code) => code.trim());
  // 00 is the central store, which no province holds.
  if (codes.every((code) => /^[1-9][0-9]$/.test(code))) return codes;
  throw new SettingsError('SUBSCRIBE', `must be codes of provinces, such as 31,32, not "${text}"`);
}

function vaultOf(env: Environment, dataDir: string): VaultLocation {
  const text = textOf(env, 'VAULT');
  if (isPostgresUrl(text)) return { kind: 'postgres', url: text };
  // It may hold a password, so nothing of the text is told.
  if (POSTGRES_SCHEME.test(text)) {
    throw new SettingsError(
      'VAULT',
      'must be postgres://user:password@host:5432/database, with @ : / ? # in the password ' +
        `percent-encoded and no parameters but ${POSTGRES_PARAMETERS.join(', ')}`,
    );
  }
  const file = text.startsWith(STORE_SCHEME) ? text.slice(STORE_SCHEME.length) : '';
  if (file !== '' && !file.startsWith(':')) return { kind: 'sqlite', file: resolve(dataDir, file) };
  throw new SettingsError(
    'VAULT',
    `must be "${STORE_SCHEME}" and a file, such as sqlite:vault.db, or postgres:// and a database`,
  );
}

function isOn(env: Environment, name: string, byDefault: boolean): boolean {
  const text = env[name] ?? '';
  if (text === '') return byDefault;
  if (text === 'on' || text === 'off') return text === 'on';
  throw new SettingsError(name, `must be on or off, not "${text}"`);
}

function webhooksOf(
  env: Environment,
  dataDir: string,
  { kind }: EventStoreSetting,
): WebhookSettings {
  return {
    isOn: isOn(env, 'WEBHOOKS', kind === 'sqlite'),
    isLoopbackAllowed: isOn(env, 'WEBHOOK_LOOPBACK', false),
    retryForMs: wholeOf(env, 'WEBHOOK_RETRY_SECONDS', MAX_RETRY_SECONDS) * 1_000,
    file: resolve(dataDir, WEBHOOKS_FILE),
  };
}

function logLevelOf(env: Environment): LogLevel {
  const text = textOf(env, 'LOG_LEVEL');
  const level = LOG_LEVELS.find((known) => known === text);
  if (level === undefined)
    throw new SettingsError('LOG_LEVEL', `must be one of ${LOG_LEVELS.join(', ')}, not "${text}"`);
  return level;
}

/** @throws {SettingsError} naming the variable and what it must be */
export function readSettings(env: Environment): Settings {
  const given = textOf(env, 'DATA_DIR');
  const dataDir = isAbsolute(given) ? given : resolve(given);
  const eventStore = readEventStore(textOf(env, 'EVENT_STORE'), {
    dataDir,
    variable: 'EVENT_STORE',
  });
  return {
    port: wholeOf(env, 'PORT', MAX_PORT),
    host: textOf(env, 'HOST'),
    dataDir,
    eventStore,
    vault: vaultOf(env, dataDir),
    readModelsFile: resolve(dataDir, textOf(env, 'READ_MODELS_FILE')),
    subscribe: provincesOf(env),
    logLevel: logLevelOf(env),
    queryWaitMs: wholeOf(env, 'QUERY_WAIT_MS', MAX_WAIT_MS),
    webhooks: webhooksOf(env, dataDir, eventStore),
    questionThreads: wholeOf(env, 'QUESTION_THREADS', MAX_QUESTION_THREADS),
    env,
  };
}
