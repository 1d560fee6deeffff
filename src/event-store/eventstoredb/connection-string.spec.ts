import { describe, expect, it } from '@jest/globals';
import { connect, ConnectionStringRefused } from './connection-string.js';

describe('a connection string', () => {
  it.each([
    ['esdb://127.0.0.1:2113?tls=false', '127.0.0.1:2113'],
    ['esdb://127.0.0.1:2113/?tls=false', '127.0.0.1:2113'],
    ['kurrentdb://127.0.0.1:2113?tls=false', '127.0.0.1:2113'],
    ['kurrentdb+discover://a:2113,b:2113,c:2113?tls=false', 'a:2113,b:2113,c:2113'],
    ['esdb+discover://admin:s%40cret@cluster.example:2113', 'cluster.example:2113'],
  ])('%s names %s', async (text, hosts) => {
    const connection = connect(text);
    expect(connection.hosts).toBe(hosts);
    await connection.client.dispose();
  });

  it('gives its user and password to every append', async () => {
    const { client, credentials } = connect('esdb://admin:s%40cret@cluster.example:2113');
    expect(credentials).toEqual({ username: 'admin', password: 's@cret' });
    await client.dispose();
  });

  it.each([
    ['another scheme', 'http://127.0.0.1:2113', 'begins with none of'],
    ['no host', 'esdb://?tls=false', 'cannot read it'],
    ['refused appends hidden', 'esdb://a:1?tls=false&throwOnAppendFailure=false', 'hides refused'],
    ['the same, written otherwise', 'esdb://a:1?tls=false&throw_on_append_failure=false', 'hides'],
    ['credentials that would not be sent', 'esdb://u:hunter2@a:1?tls=false', 'tls=false'],
    ['TLS without credentials', 'esdb://a:1', 'no user and password'],
    ['a password not encoded', 'esdb://u:hunter2%@a:1', 'percent-encoded'],
    ['an @ in the password', 'esdb://u:first@hunter2@a:1', 'percent-encoded'],
    ['a slash in the password', 'esdb://u:hunter2/x@a:1', 'percent-encoded'],
    ['a question mark in the password', 'esdb://u:hunter2?x@a:1', 'no user and password'],
  ])('is refused with %s, without being repeated', (_, text, why) => {
    let failure: unknown = null;
    try {
      connect(text);
    } catch (error) {
      failure = error;
    }
    expect(failure).toBeInstanceOf(ConnectionStringRefused);
    expect(String(failure)).toContain(why);
    expect(String(failure)).not.toContain('hunter2');
  });
});
