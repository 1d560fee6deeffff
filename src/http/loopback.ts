import { isIP } from 'node:net';

const MAPPED_PREFIX = '::ffff:';

/** Whether an IP address is of this machine itself: 127.0.0.0/8, ::1, or the former as IPv6. */
export function isLoopbackAddress(address: string): boolean {
  const plain = address.startsWith(MAPPED_PREFIX) ? address.slice(MAPPED_PREFIX.length) : address;
  if (isIP(plain) === 4) return plain.startsWith('127.');
  return plain === '::1';
}

/** Whether a name to listen on, or to be called by, can only mean this machine. */
export function isLoopbackName(name: string): boolean {
  return name === 'localhost' || isLoopbackAddress(name.replace(/^\[(.*)\]$/, '$1'));
}

/** The name in a Host header, without its port. */
export function nameOfHost(host: string): string {
  return host.replace(/:[0-9]*$/, '').toLowerCase();
}
