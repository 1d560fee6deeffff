import {
  type KeyObject,
  createHmac,
  createSecretKey,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { dirname, resolve } from 'node:path';
import { seal, unseal } from './authenticated-cipher.js';
import { type Nik } from './nik.js';
import { VaultError } from './subject-vault.js';
import { type VaultLocation, type VaultMode } from './vault-location.js';

const MASTER_KEY = /^[0-9a-fA-F]{64}$/;
const DEFAULT_KEY_FILE = 'vault.key';

/** HKDF-SHA-256 (RFC 5869) without salt: the master key is uniformly random already. */
function derive(master: Uint8Array, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', master, '', `blangko/vault/v1/${purpose}`, 32));
}

/** The keys of one vault, all derived from one master key, and none of them ever shown. */
export class VaultKeys {
  readonly #lookupKey: KeyObject;
  readonly #wrappingKey: KeyObject;
  /** Of what is kept of webhooks, outside the vault. */
  readonly webhookKey: KeyObject;
  /** Kept in the vault to know a wrong key by; it tells nothing about the other keys. */
  readonly checkValue: Buffer;

  private constructor(master: Uint8Array) {
    this.#lookupKey = createSecretKey(derive(master, 'lookup'));
    this.#wrappingKey = createSecretKey(derive(master, 'wrap'));
    this.webhookKey = createSecretKey(derive(master, 'webhooks'));
    this.checkValue = derive(master, 'check');
  }

  /**
   * @param text the master key as 64 hexadecimal digits; white space around it is ignored
   * @throws {VaultError} `vault_key_malformed`
   */
  static fromHex(text: string): VaultKeys {
    const digits = text.trim();
    if (!MASTER_KEY.test(digits)) throw new VaultError('vault_key_malformed');
    return new VaultKeys(Buffer.from(digits, 'hex'));
  }

  /** Whether what a vault has stored as its check value is that of these keys. */
  areKeysOf(stored: unknown): boolean {
    return (
      stored instanceof Uint8Array &&
      stored.length === this.checkValue.length &&
      timingSafeEqual(stored, this.checkValue)
    );
  }

  /** HMAC-SHA-256 of the digits: finds a person's row without telling whose it is. */
  lookupOf(nik: Nik): Buffer {
    return createHmac('sha256', this.#lookupKey).update(nik.reveal(), 'latin1').digest();
  }

  /** Encrypts one person's key for its row. */
  wrap(key: Uint8Array, boundTo: Uint8Array): Buffer {
    return seal(this.#wrappingKey, key, boundTo);
  }

  /** The person's key, or null when it was not wrapped by these keys for this row. */
  unwrap(wrapped: Uint8Array, boundTo: Uint8Array): KeyObject | null {
    const key = unseal(this.#wrappingKey, wrapped, boundTo);
    return key === null ? null : createSecretKey(key);
  }
}

export interface VaultKeySource {
  /** `VAULT_KEY` is the key itself; else `VAULT_KEY_FILE` names its file. Empty means not set. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where relative paths start; the key file is `vault.key` in it unless said otherwise. */
  readonly dataDir: string;
  readonly vault: VaultLocation;
  /** Only a writer makes a key, and only for a vault file that does not exist yet. */
  readonly mode: VaultMode;
}

/**
 * The keys from the environment, from the key file, or, before the first start, from fresh random
 * bytes put into the key file (mode 0600), which is durable before the vault is made. The key of a
 * vault on PostgreSQL must be given: a node that made one would keep the others out.
 *
 * @throws {VaultError} `vault_key_missing`, `vault_key_malformed` or, for a reader, `vault_missing`
 */
export function loadVaultKeys(source: VaultKeySource): VaultKeys {
  const { env, dataDir, vault, mode } = source;
  const given = env.VAULT_KEY ?? '';
  if (given !== '') return VaultKeys.fromHex(given);
  const named = env.VAULT_KEY_FILE ?? '';
  const keyFile = resolve(dataDir, named === '' ? DEFAULT_KEY_FILE : named);
  if (!existsSync(keyFile)) {
    if (vault.kind === 'postgres' || existsSync(vault.file))
      throw new VaultError('vault_key_missing');
    if (mode === 'reader') throw new VaultError('vault_missing');
    createKeyFile(keyFile);
  }
  return VaultKeys.fromHex(readFileSync(keyFile, 'latin1'));
}

/** A crash leaves the whole key or none; of two first starts at once, one makes it for both. */
function createKeyFile(keyFile: string): void {
  const temporary = `${keyFile}.${randomBytes(8).toString('hex')}`;
  const descriptor = openSync(temporary, 'wx', 0o600);
  try {
    writeSync(descriptor, `${randomBytes(32).toString('hex')}\n`);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  try {
    linkSync(temporary, keyFile);
  } catch (error) {
    if (!existsSync(keyFile)) throw error;
  } finally {
    unlinkSync(temporary);
  }
  syncDirectory(dirname(keyFile));
}

/** Makes the names in a directory durable. */
export function syncDirectory(directory: string): void {
  const descriptor = openSync(directory, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
