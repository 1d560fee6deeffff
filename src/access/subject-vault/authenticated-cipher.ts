import { type KeyObject, createCipheriv, createDecipheriv } from 'node:crypto';
import { freshBytes } from './random-bytes.js';

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * AES-256-GCM (NIST SP 800-38D): nonce (12 random bytes) || ciphertext || tag (16 bytes). One key
 * may seal at most 2^32 texts with random nonces; a vault of 200 million rows stays below 2^28.
 */
export function seal(key: KeyObject, plaintext: Uint8Array, boundTo: Uint8Array): Buffer {
  const nonce = freshBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(boundTo);
  const body = [cipher.update(plaintext), cipher.final()];
  return Buffer.concat([nonce, ...body, cipher.getAuthTag()]);
}

/** What was sealed, or null when it was sealed otherwise: other key, other binding, other bytes. */
export function unseal(key: KeyObject, sealed: Uint8Array, boundTo: Uint8Array): Buffer | null {
  if (sealed.length < NONCE_BYTES + TAG_BYTES) return null;
  const nonce = sealed.subarray(0, NONCE_BYTES);
  const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(boundTo);
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  const plaintext = decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES));
  try {
    return Buffer.concat([plaintext, decipher.final()]);
  } catch {
    return null;
  }
}
