import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { expect, it } from '@jest/globals';
import { EventStoreDBClient } from '@eventstore/db-client';
import { compiledSource } from '../compiled-source.js';
import { endedProgram } from '../ended-program.js';
import { idsOf, proposals, read } from './with-stand-in.js';

class StandInProcess implements AsyncDisposable {
  private constructor(
    readonly child: ChildProcess,
    readonly connectionString: string,
  ) {}

  static async start(folder: string, port?: string): Promise<StandInProcess> {
    const program = join(await compiledSource(), 'test', 'support', 'stand-in', 'serve.js');
    const args = [program, folder, ...(port === undefined ? [] : [port])];
    // Not jest's own options, which NODE_OPTIONS may carry.
    const env = { PATH: process.env.PATH };
    const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'], env });
    const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    return new StandInProcess(child, line);
  }

  get port(): string {
    return new URL(this.connectionString).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.kill('SIGKILL');
    await once(this.child, 'exit');
  }
}

it('a stand-in of its own process outlives kill -9 with its events, and ends with its input', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'stand-in-'));
  const batch = proposals(10);
  {
    await using served = await StandInProcess.start(folder);
    const client = EventStoreDBClient.connectionString(served.connectionString);
    await client.appendToStream('one', batch);
    await served[Symbol.asyncDispose]();
    await using again = await StandInProcess.start(folder, served.port);
    expect(again.connectionString).toBe(served.connectionString);
    const other = EventStoreDBClient.connectionString(again.connectionString);
    expect(idsOf(await read(other.readStream('one')))).toEqual(idsOf(batch));
    again.child.stdin?.end();
    const [code] = (await once(again.child, 'exit')) as [number];
    expect(code).toBe(0);
    await client.dispose();
    await other.dispose();
  }
  await rm(folder, { recursive: true });
});

it('a stand-in keeps no process alive', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'stand-in-'));
  const module = join(await compiledSource(), 'test', 'support', 'stand-in', 'stand-in-server.js');
  const program = `
    const { StandInServer } = await import(process.argv[1]);
    await StandInServer.start({ folder: process.argv[2] });
    console.log('started');`;
  const args = ['--eval', program, pathToFileURL(module).href, folder];
  const ended = await endedProgram('--input-type=module', args, { NODE_OPTIONS: '' });
  expect(ended).toEqual({ code: 0, output: 'started\n', errors: '' });
  await rm(folder, { recursive: true });
});
