import { generateKeyPairSync, sign } from 'node:crypto';

/** PEM texts of what a server shows, and of what it proves that it is itself. */
export interface ServerIdentity {
  readonly certificate: string;
  readonly key: string;
}

const DAY_MS = 86_400_000;

const SEQUENCE = 0x30;
const SET = 0x31;
const OBJECT_IDENTIFIER = 0x06;
/** Of the number 2: X.509 version 3. */
const VERSION_3 = Buffer.from('a003020102', 'hex');
const SERIAL_NUMBER = Buffer.from('020101', 'hex');
const ECDSA_WITH_SHA256 = element(SEQUENCE, identifier('2a8648ce3d040302'));

/** A certificate for 127.0.0.1 that signs itself, good for a day (RFC 5280). */
export function selfSigned(): ServerIdentity {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const commonName = element(SEQUENCE, identifier('550403'), text(0x0c, 'stand-in'));
  const name = element(SEQUENCE, element(SET, commonName));
  const now = Date.now();
  const validity = element(SEQUENCE, time(now - DAY_MS), time(now + DAY_MS));
  const address = element(SEQUENCE, Buffer.from([0x87, 4, 127, 0, 0, 1]));
  const isAuthority = element(SEQUENCE, Buffer.from('0101ff', 'hex'));
  const extensions = element(
    0xa3,
    element(SEQUENCE, extension('551d11', address), extension('551d13', isAuthority)),
  );
  const facts = element(
    SEQUENCE,
    VERSION_3,
    SERIAL_NUMBER,
    ECDSA_WITH_SHA256,
    name,
    validity,
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    extensions,
  );
  const signature = element(0x03, Buffer.of(0), sign('sha256', facts, privateKey));
  const certificate = element(SEQUENCE, facts, ECDSA_WITH_SHA256, signature);
  return {
    certificate: pem(certificate),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

/** One element in DER: tag, length, content. */
function element(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  if (body.length < 0x80) return Buffer.concat([Buffer.of(tag, body.length), body]);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(body.length);
  return Buffer.concat([Buffer.of(tag, 0x82), length, body]);
}

function identifier(hex: string): Buffer {
  return element(OBJECT_IDENTIFIER, Buffer.from(hex, 'hex'));
}

function extension(hex: string, value: Uint8Array): Buffer {
  return element(SEQUENCE, identifier(hex), element(0x04, value));
}

/** UTCTime, to the second. */
function time(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replace(/[-:T]/g, '');
  return text(0x17, `${digits.slice(2, 14)}Z`);
}

function text(tag: number, characters: string): Buffer {
  return element(tag, Buffer.from(characters));
}

function pem(der: Uint8Array): string {
  const lines = Buffer.from(der).toString('base64').replace(/.{64}/g, '$&\n');
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}
