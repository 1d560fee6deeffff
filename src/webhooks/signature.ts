import { createHmac, randomBytes } from 'node:crypto';

const SECRET_BYTES = 32;
const PREFIX = 'whsec_';

/** As it is shown once, to whoever registers: the whole text is the key. */
export function newSecret(): string {
  return PREFIX + randomBytes(SECRET_BYTES).toString('base64url');
}

/**
 * `t=…,v1=…`: when it was signed, in seconds since the epoch, and HMAC-SHA-256 of `<t>.<body>` in hex. Whoever
 * checks it refuses what is old, so that nobody can send it again.
 */
export function signatureOf(secret: string, seconds: number, body: string): string {
  const digest = createHmac('sha256', secret).update(`${seconds}.${body}`, 'utf8').digest('hex');
  return `t=${seconds},v1=${digest}`;
}
