import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';

/** What of a service is looked at here; `npm run compose:lint` holds the file to the whole schema. */
interface Service {
  readonly image: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string | number>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly restart: string;
  readonly logging?: { readonly options: Readonly<Record<string, string>> };
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly deploy?: { readonly resources: { readonly limits: { readonly memory: string } } };
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, null>>;
}

const ROOT = join(import.meta.dirname, '../..');
const textOf = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const text = textOf('docker-compose.yml');
const { services, volumes } = parse(text, { merge: true }) as Compose;
const all = Object.entries(services);
const nodes = all.filter(([, { image }]) => image.startsWith('kurrentplatform/kurrentdb:'));

const EXACT_TAG = /^[a-z0-9./-]+:(?<version>[0-9]+(?:\.[0-9]+)+)(?:-[a-z0-9.]+)?$/;
/** PostgreSQL counts releases by two numbers. */
const numbersOf = (image: string): number => (image.startsWith('postgres:') ? 2 : 3);
const REQUIRED = /^\$\{[A-Z_]+:\?.+\}$/;

describe('docker-compose.yml', () => {
  it('has the stores', () => {
    expect(all.map(([name]) => name)).toEqual([
      'certificates',
      'kurrentdb',
      'kurrentdb-1',
      'kurrentdb-2',
      'kurrentdb-3',
      'vault',
    ]);
    expect(nodes).toHaveLength(4);
  });

  it.each(all)('%s is of one exact release', (_, { image }) => {
    const version = EXACT_TAG.exec(image)?.groups?.['version'] ?? '';
    expect(version.split('.')).toHaveLength(numbersOf(image));
  });

  it.each(all)('%s is reached from this machine alone', (_, { ports = [] }) => {
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:[0-9]+:[0-9]+$/);
  });

  it('no two services take one port', () => {
    const taken = all.flatMap(([, { ports = [] }]) => ports.map((port) => port.split(':')[1]));
    expect(new Set(taken).size).toBe(taken.length);
  });

  it.each(all)('%s says whether it is well, or runs once', (_, { healthcheck, restart }) => {
    if (restart === 'no') return;
    expect(restart).toBe('unless-stopped');
    expect(healthcheck?.test[0]).toBe('CMD');
  });

  it.each(all)('%s has bounds and no privileges', (_, service) => {
    expect(service.logging?.options).toEqual({ 'max-size': '10m', 'max-file': '5' });
    expect(service.deploy?.resources.limits.memory).toMatch(/^(?:[0-9]+m|\$\{[A-Z_]+:-[0-9]+g\})$/);
    expect(service.cap_drop).toEqual(['ALL']);
    expect(service.security_opt).toEqual(['no-new-privileges:true']);
  });

  it.each(all)('%s has its secrets from the environment', (_, { environment = {} }) => {
    for (const [name, value] of Object.entries(environment))
      if (/PASSWORD|SECRET|TOKEN|CREDENTIAL/.test(name)) expect(value).toMatch(REQUIRED);
  });

  it.each(nodes)('%s shows a certificate of its own', (name, { environment = {} }) => {
    const folder = `/etc/kurrentdb/certificates/${name}`;
    expect(environment).toMatchObject({
      KURRENTDB_CERTIFICATE_FILE: `${folder}/node.crt`,
      KURRENTDB_CERTIFICATE_PRIVATE_KEY_FILE: `${folder}/node.key`,
    });
    expect(services['certificates']?.command).toContain(name);
  });

  // The client sends credentials over TLS alone, so a server without it would be open to anybody.
  it.each(nodes)('%s never runs without TLS and passwords', (_, { environment = {} }) => {
    expect(Object.keys(environment)).not.toContain('KURRENTDB_INSECURE');
    expect(environment).toHaveProperty('KURRENTDB_DEFAULT_ADMIN_PASSWORD');
    expect(environment).toHaveProperty('KURRENTDB_DEFAULT_OPS_PASSWORD');
  });

  it('the nodes of the cluster seek each other, and tell clients the ports they have', () => {
    const members = nodes.filter(
      ([, { environment }]) => environment?.['KURRENTDB_CLUSTER_SIZE'] === 3,
    );
    expect(members).toHaveLength(3);
    for (const [name, { environment = {}, ports = [] }] of members) {
      const others = members.map(([other]) => other).filter((other) => other !== name);
      expect(environment['KURRENTDB_GOSSIP_SEED']).toBe(
        others.map((other) => `${other}:2113`).join(','),
      );
      expect(environment['KURRENTDB_NODE_HOST_ADVERTISE_AS']).toBe(name);
      expect(environment['KURRENTDB_REPLICATION_HOST_ADVERTISE_AS']).toBe(name);
      const { KURRENTDB_ADVERTISE_NODE_PORT_TO_CLIENT_AS: told } = environment;
      expect(ports).toEqual([`127.0.0.1:${told ?? ''}:2113`]);
    }
  });

  it('each node keeps its events in a volume of its own', () => {
    const kept = nodes.map(([name, service]) => [name, service.volumes ?? []] as const);
    for (const [name, mounts] of kept) expect(mounts).toContain(`${name}:/var/lib/kurrentdb`);
    for (const [name] of nodes) expect(volumes).toHaveProperty([name]);
  });
});

describe('.env.example', () => {
  const example = textOf('.env.example');
  const named = [...example.matchAll(/^(?<name>[A-Z_]+)=(?<value>.*)$/gm)];

  it('names what the compose file asks for, and nothing else', () => {
    const asked = [...text.matchAll(/\$\{(?<name>[A-Z_]+)/g)].map(({ groups }) => groups?.['name']);
    expect(named.map(({ groups }) => groups?.['name']).sort()).toEqual([...new Set(asked)].sort());
  });

  it('has no secret in it', () => {
    const required = [...text.matchAll(/\$\{(?<name>[A-Z_]+):\?/g)].map(
      ({ groups }) => groups?.['name'],
    );
    expect(required.length).toBeGreaterThan(0);
    for (const { groups } of named)
      if (required.includes(groups?.['name'])) expect(groups?.['value']).toBe('');
  });
});

describe('Dockerfile', () => {
  const lines = textOf('Dockerfile').split('\n');
  const after = (word: string): string[] =>
    lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1));

  it('runs the Node that everything here is tested with', () => {
    const { devDependencies } = JSON.parse(textOf('package.json')) as {
      readonly devDependencies: Readonly<Record<string, string>>;
    };
    const bases = after('FROM').map((from) => from.split(' ')[0]);
    expect(new Set(bases)).toEqual(
      new Set([`node:${devDependencies['node'] ?? ''}-bookworm-slim`]),
    );
  });

  it('runs as nobody in particular, and can be stopped in order', () => {
    expect(after('USER')).toEqual(['node']);
    expect(after('STOPSIGNAL')).toEqual(['SIGTERM']);
  });
});
