import { describe, expect, it } from '@jest/globals';
import { isLoopbackAddress, isLoopbackName, nameOfHost } from './loopback.js';

describe('this machine', () => {
  it.each(['127.0.0.1', '127.255.0.9', '::1', '::ffff:127.0.0.1'])('is %s', (address) => {
    expect(isLoopbackAddress(address)).toBe(true);
    expect(isLoopbackName(address)).toBe(true);
  });

  it.each([
    '0.0.0.0',
    '::',
    '10.0.0.1',
    '127.0.0.1.example',
    '127.1',
    '2130706433',
    '',
    'localhost.example',
  ])('is not %j', (name) => {
    expect(isLoopbackAddress(name)).toBe(false);
    expect(isLoopbackName(name)).toBe(false);
  });

  it.each([
    ['localhost:3000', 'localhost'],
    ['LOCALHOST', 'localhost'],
    ['[::1]:3000', '[::1]'],
    ['127.0.0.1:80', '127.0.0.1'],
  ])('is called %s', (host, name) => {
    expect(nameOfHost(host)).toBe(name);
    expect(isLoopbackName(nameOfHost(host))).toBe(true);
  });
});
