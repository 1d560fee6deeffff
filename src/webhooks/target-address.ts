import { lookup, type LookupAddress } from 'node:dns';
import { isIP } from 'node:net';
import { promisify } from 'node:util';
import ipaddr from 'ipaddr.js';
import { WebhookRefused } from './webhook.js';

/** What may be sent to. */
export interface TargetPolicy {
  /** Also this machine itself, over HTTP too and on any port: for tests and the demo. */
  readonly isLoopbackAllowed: boolean;
}

/** All addresses of a name. */
export type Resolve = (name: string) => Promise<readonly LookupAddress[]>;

/** How long a name may take to be resolved, in milliseconds. */
const RESOLVE_MS = 5_000;
const MAX_URL_LENGTH = 2_048;
const HTTPS_PORT = 443;
const LOWEST_PORT = 1_024;

const lookUp = promisify(lookup);
const resolveByMachine: Resolve = (name) => lookUp(name, { all: true });

/**
 * The address of a webhook, in its form.
 * @throws {WebhookRefused} `webhook_url_refused`
 */
export function readTarget(text: string, { isLoopbackAllowed }: TargetPolicy): URL {
  const url = text.length <= MAX_URL_LENGTH ? URL.parse(text) : null;
  if (url === null) throw refused('it is no URL');
  const isHttp = url.protocol === 'http:' && isLoopbackAllowed;
  if (url.protocol !== 'https:' && !isHttp) throw refused('it must begin with https://');
  if (url.username !== '' || url.password !== '') throw refused('it must not hold a password');
  if (url.hash !== '') throw refused('it must not have a fragment');
  const port = url.port === '' ? HTTPS_PORT : Number(url.port);
  if (port !== HTTPS_PORT && port < LOWEST_PORT && !isHttp)
    throw refused(`its port must be ${HTTPS_PORT}, or ${LOWEST_PORT} and above`);
  return url;
}

/**
 * The addresses to connect to, of which every one was looked at: a name that leads inside as well as outside is
 * refused. Whoever connects must use these, and not ask for the name again.
 * @throws {WebhookRefused} `webhook_url_refused`
 */
export async function checkedAddresses(
  url: URL,
  policy: TargetPolicy,
  resolve: Resolve = resolveByMachine,
): Promise<readonly LookupAddress[]> {
  const name = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const family = isIP(name);
  const addresses =
    family === 0
      ? await inTime(resolve(name)).catch(() => {
          throw refused('its name cannot be resolved');
        })
      : [{ address: name, family }];
  if (addresses.length === 0) throw refused('its name has no address');
  const areLoopback = addresses.every(({ address }) => classOf(address) === 'loopback');
  if (areLoopback && policy.isLoopbackAllowed) return addresses;
  if (url.protocol !== 'https:') throw refused('it must begin with https://');
  // Which one is not told: it would show the network behind to whoever asks.
  if (!addresses.every(({ address }) => classOf(address) === 'public'))
    throw refused('it leads to an address that is not public');
  return addresses;
}

/** By the registries of special addresses that ipaddr.js knows; of IPv6 only 2000::/3 is given out. */
export function classOf(address: string): 'public' | 'loopback' | 'special' {
  if (!ipaddr.isValid(address)) return 'special';
  const parsed = ipaddr.parse(address);
  const range = parsed.range();
  if (range === 'loopback') return 'loopback';
  if (range !== 'unicast') return 'special';
  const isGivenOut =
    !(parsed instanceof ipaddr.IPv6) || ((parsed.parts[0] ?? 0) & 0xe000) === 0x2000;
  return isGivenOut ? 'public' : 'special';
}

/** The machine's resolver cannot be broken off, but need not be waited for. */
async function inTime<T>(answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error('the resolver does not answer'));
    }, RESOLVE_MS);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

function refused(why: string): WebhookRefused {
  return new WebhookRefused('webhook_url_refused', `the URL cannot be sent to: ${why}`);
}
