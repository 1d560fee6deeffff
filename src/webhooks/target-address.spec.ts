import { describe, expect, it } from '@jest/globals';
import { checkedAddresses, classOf, readTarget } from './target-address.js';

const PUBLIC = { isLoopbackAllowed: false };
const LOOPBACK = { isLoopbackAllowed: true };

function refusalOf(url: string, policy = PUBLIC): string | null {
  try {
    readTarget(url, policy);
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

async function resolved(url: string, addresses: readonly string[], policy = PUBLIC) {
  const resolve = () =>
    Promise.resolve(
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  const checked = await checkedAddresses(readTarget(url, policy), policy, resolve);
  return checked.map(({ address }) => address);
}

describe('the address of a webhook', () => {
  it.each([
    'https://gudang.example.go.id/blangko',
    'https://gudang.example.go.id:8443/blangko?x=1',
    'https://[2404:8000::1]/',
  ])('may be %s', (url) => {
    expect(refusalOf(url)).toBeNull();
  });

  it.each([
    'gudang.example.go.id',
    'http://gudang.example.go.id/',
    'ftp://gudang.example.go.id/',
    'file:///etc/passwd',
    'https://sari:rahasia@gudang.example.go.id/',
    'https://gudang.example.go.id/#x',
    'https://gudang.example.go.id:22/',
    'https://gudang.example.go.id:80/',
    `https://gudang.example.go.id/${'x'.repeat(2_100)}`,
  ])('is not %s', (url) => {
    expect(refusalOf(url)).toMatch(/^the URL cannot be sent to: /);
    expect(refusalOf(url)).not.toContain('rahasia');
  });

  it.each([
    '127.0.0.1',
    '127.1.2.3',
    '0.0.0.0',
    '10.1.2.3',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '192.0.2.1',
    '198.18.0.1',
    '203.0.113.9',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    'fe80::1',
    'fe80::1%eth0',
    'fec0::1',
    'fc00::1',
    'fd12::1',
    'ff02::1',
    '::ffff:10.0.0.1',
    '::ffff:8.8.8.8',
    '::10.0.0.1',
    '64:ff9b::10.0.0.1',
    '64:ff9b::808:808',
    '64:ff9b:1::1',
    '2002:0a00:0001::',
    '2001:0:a00:1::1',
    '2001:db8::1',
    '100::1',
    'no address',
  ])('does not lead to %s', async (address) => {
    expect(classOf(address)).not.toBe('public');
    await expect(resolved('https://gudang.example/', [address])).rejects.toThrow('not public');
    // One that leads outside beside it does not make it better.
    const both = ['93.184.216.34', address];
    await expect(resolved('https://gudang.example/', both)).rejects.toThrow('not public');
  });

  it('does not lead there written as an address either, in any spelling', async () => {
    for (const host of ['127.0.0.1', '2130706433', '0x7f.1', '0177.0.0.1', '[::ffff:7f00:1]'])
      await expect(
        checkedAddresses(readTarget(`https://${host}/`, PUBLIC), PUBLIC),
      ).rejects.toThrow('not public');
  });

  it('is what was resolved, and nothing else', async () => {
    expect(await resolved('https://gudang.example/', ['93.184.216.34', '2404:8000::1'])).toEqual([
      '93.184.216.34',
      '2404:8000::1',
    ]);
    await expect(resolved('https://gudang.example/', [])).rejects.toThrow('no address');
    const none = () => Promise.reject(new Error('NXDOMAIN'));
    const url = readTarget('https://gudang.example/', PUBLIC);
    await expect(checkedAddresses(url, PUBLIC, none)).rejects.toThrow('cannot be resolved');
  });

  it('leads to this machine only where that is allowed, and then not into its network', async () => {
    expect(await resolved('http://localhost:80/', ['127.0.0.1', '::1'], LOOPBACK)).toHaveLength(2);
    await expect(resolved('http://gudang.example/', ['93.184.216.34'], LOOPBACK)).rejects.toThrow(
      'https',
    );
    await expect(resolved('https://gudang.example/', ['10.0.0.1'], LOOPBACK)).rejects.toThrow(
      'not public',
    );
    const mixed = ['127.0.0.1', '10.0.0.1'];
    await expect(resolved('https://gudang.example/', mixed, LOOPBACK)).rejects.toThrow(
      'not public',
    );
  });
});
