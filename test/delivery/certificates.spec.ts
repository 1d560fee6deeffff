import { spawnSync } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { EventStoreDbStore } from '../../src/event-store/eventstoredb/eventstoredb-store.js';
import { StandInServer } from '../support/stand-in/stand-in-server.js';

/* docker/certificates.sh, which a service of docker-compose.yml runs: with the openssl of this machine. */

const SCRIPT = join(import.meta.dirname, '../../docker/certificates.sh');
const openssl = spawnSync('openssl', ['version'], { encoding: 'utf8' });
const hasOpenssl = openssl.status === 0 && openssl.stdout.startsWith('OpenSSL 3');
const HOUR_MS = 3_600_000;

if (!hasOpenssl) process.stdout.write('certificates.sh is not run: OpenSSL 3 is not installed\n');

(hasOpenssl ? describe : describe.skip)('certificates.sh (needs OpenSSL 3)', () => {
  /** What two nodes have; keys take long to make, so all begin with a copy of it. */
  let made = '';
  let folder = '';

  beforeAll(() => {
    made = mkdtempSync(join(tmpdir(), 'certificates-'));
    folder = made;
    expect(run(['kurrentdb', 'kurrentdb-1'])).toMatchObject({ status: 0, stderr: '' });
  });

  afterAll(() => {
    rmSync(made, { recursive: true });
  });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'certificates-'));
    cpSync(made, folder, { recursive: true });
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  function run(nodes: readonly string[], settings: Readonly<Record<string, string>> = {}) {
    const args = [SCRIPT, join(folder, 'authority'), join(folder, 'certificates'), ...nodes];
    const env = { ...process.env, ...settings };
    const { status, stdout, stderr } = spawnSync('sh', args, { encoding: 'utf8', env });
    return { status, stdout, stderr };
  }

  const pathOf = (file: string): string => join(folder, 'certificates', file);
  const certificateOf = (file: string): X509Certificate =>
    new X509Certificate(readFileSync(pathOf(file)));

  it('makes an authority, and a certificate for each node', () => {
    const authority = certificateOf('ca/ca.crt');
    expect(authority.ca).toBe(true);
    for (const name of ['kurrentdb', 'kurrentdb-1']) {
      const certificate = certificateOf(`${name}/node.crt`);
      expect(certificate.verify(authority.publicKey)).toBe(true);
      expect(certificate.checkIssued(authority)).toBe(true);
      expect(certificate.ca).toBe(false);
      // One name for all: by it the server takes another for a node of its cluster.
      expect(certificate.subject).toBe('CN=eventstoredb-node');
      expect(certificate.subjectAltName).toBe(`DNS:${name}, DNS:localhost, IP Address:127.0.0.1`);
      // Node names here what RFC 5280 calls extended key usage: server and client authentication.
      expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2']);
      const key = createPrivateKey(readFileSync(pathOf(`${name}/node.key`)));
      expect(key.asymmetricKeyType).toBe('rsa');
      expect(certificate.checkPrivateKey(key)).toBe(true);
      const days = (certificate.validToDate.getTime() - Date.now()) / (24 * HOUR_MS);
      expect(Math.round(days)).toBe(365);
    }
  });

  it('leaves what is good, and adds what is missing', () => {
    const files = ['ca/ca.crt', 'kurrentdb/node.crt', 'kurrentdb/node.key'];
    const texts = (): string[] => files.map((file) => readFileSync(pathOf(file), 'utf8'));
    const before = texts();
    const { status, stdout } = run(['kurrentdb', 'kurrentdb-2']);
    expect(status).toBe(0);
    expect(stdout).toContain('that of kurrentdb is good');
    expect(texts()).toEqual(before);
    expect(certificateOf('kurrentdb-2/node.crt').checkIssued(certificateOf('ca/ca.crt'))).toBe(
      true,
    );
  });

  it('makes anew what expires within a month', () => {
    run(['kurrentdb-2'], { NODE_DAYS: '29' });
    const old = certificateOf('kurrentdb-2/node.crt');
    expect(run(['kurrentdb-2']).stdout).toContain('made that of kurrentdb-2');
    expect(certificateOf('kurrentdb-2/node.crt').serialNumber).not.toBe(old.serialNumber);
    expect(certificateOf('kurrentdb-2/node.crt').checkIssued(certificateOf('ca/ca.crt'))).toBe(
      true,
    );
  });

  it('makes anew a certificate whose key is another', () => {
    cpSync(pathOf('kurrentdb-1/node.key'), pathOf('kurrentdb/node.key'), { force: true });
    expect(run(['kurrentdb']).stdout).toContain('made that of kurrentdb');
    const key = createPrivateKey(readFileSync(pathOf('kurrentdb/node.key')));
    expect(certificateOf('kurrentdb/node.crt').checkPrivateKey(key)).toBe(true);
  });

  it('says when the authority itself is about to expire', () => {
    rmSync(folder, { recursive: true });
    mkdirSync(folder);
    expect(run(['kurrentdb'], { AUTHORITY_DAYS: '300' }).stderr).toBe('');
    const { status, stderr } = run(['kurrentdb']);
    expect(status).toBe(0);
    expect(stderr).toContain('the authority expires within a year');
  });

  it('never puts another authority in the place of one that clients may trust', () => {
    const before = readFileSync(pathOf('ca/ca.crt'), 'utf8');
    rmSync(join(folder, 'authority', 'ca.key'));
    const { status, stderr } = run(['kurrentdb']);
    expect(status).toBe(1);
    expect(stderr).toContain('one is missing');
    expect(readFileSync(pathOf('ca/ca.crt'), 'utf8')).toBe(before);
  });

  it('makes what the client trusts a server by, with its password', async () => {
    await using server = await StandInServer.start({
      folder: join(folder, 'events'),
      credentials: { username: 'admin', password: 'rahasia' },
      identity: {
        certificate: readFileSync(pathOf('kurrentdb/node.crt'), 'utf8'),
        key: readFileSync(pathOf('kurrentdb/node.key'), 'utf8'),
      },
    });
    const authority = encodeURIComponent(pathOf('ca/ca.crt'));
    const connectionString = `kurrentdb://admin:rahasia@127.0.0.1:${server.port}?tlsCaFile=${authority}`;
    const store = await EventStoreDbStore.open({ connectionString });
    expect(await store.head()).toBeNull();
    await store.close();
  });
});
