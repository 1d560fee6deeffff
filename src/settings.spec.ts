import { describe, expect, it } from '@jest/globals';
import { readSettings, SettingsError } from './settings.js';

function failureOf(env: Readonly<Record<string, string>>): unknown {
  try {
    return readSettings(env);
  } catch (error) {
    return error;
  }
}

describe('the setting of the event store', () => {
  it('is a file in the data folder, unless another is named', () => {
    const { eventStore } = readSettings({ DATA_DIR: '/srv/ledger' });
    expect(eventStore).toEqual({ kind: 'sqlite', file: '/srv/ledger/ledger.db' });
    const other = readSettings({ DATA_DIR: '/srv/ledger', EVENT_STORE: 'sqlite:/disk/l.db' });
    expect(other.eventStore).toEqual({ kind: 'sqlite', file: '/disk/l.db' });
  });

  it.each([
    'esdb://127.0.0.1:2113?tls=false',
    'esdb+discover://user:secret@cluster.example:2113',
    'kurrentdb://user:secret@a.example:2113,b.example:2113',
  ])('may be a server: %s', (connectionString) => {
    const { eventStore } = readSettings({ EVENT_STORE: connectionString });
    expect(eventStore).toEqual({ kind: 'eventstoredb', connectionString });
  });

  it.each(['ledger.db', 'sqlite:', 'sqlite::memory:', 'http://u:hunter2@host', 'esdb:host'])(
    'is nothing else: %s',
    (text) => {
      const failure = failureOf({ EVENT_STORE: text });
      expect(failure).toBeInstanceOf(SettingsError);
      expect(String(failure)).toMatch(/EVENT_STORE must be "sqlite:" and a file.*esdb:\/\//);
      expect(String(failure)).not.toContain('hunter2');
    },
  );
});

describe('the provinces a node keeps', () => {
  it('are all, or those that are named', () => {
    expect(readSettings({}).subscribe).toEqual([]);
    expect(readSettings({ SUBSCRIBE: '31, 32' }).subscribe).toEqual(['31', '32']);
  });

  it.each(['00', '3', '31.71', '31;32', 'Jakarta', '31,'])('are not %s', (text) => {
    expect(String(failureOf({ SUBSCRIBE: text }))).toContain('SUBSCRIBE must be codes');
  });
});

describe('the settings of webhooks', () => {
  it('have one process alone deliver, unless it is told otherwise', () => {
    const server = 'esdb://127.0.0.1:2113?tls=false';
    expect(readSettings({}).webhooks).toMatchObject({ isOn: true, isLoopbackAllowed: false });
    expect(readSettings({ EVENT_STORE: server }).webhooks.isOn).toBe(false);
    expect(readSettings({ EVENT_STORE: server, WEBHOOKS: 'on' }).webhooks.isOn).toBe(true);
    expect(readSettings({ WEBHOOKS: 'off' }).webhooks.isOn).toBe(false);
  });

  it.each(['WEBHOOKS', 'WEBHOOK_LOOPBACK'])('are on or off: %s', (name) => {
    expect(String(failureOf({ [name]: 'yes' }))).toContain(`${name} must be on or off`);
  });

  it('try for a day, or as long as is said', () => {
    expect(readSettings({}).webhooks.retryForMs).toBe(86_400_000);
    const { retryForMs } = readSettings({ WEBHOOK_RETRY_SECONDS: '60' }).webhooks;
    expect(retryForMs).toBe(60_000);
  });
});
