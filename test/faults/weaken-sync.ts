import { syncBuiltinESMExports } from 'node:module';
import { DatabaseSync } from 'node:sqlite';
import threads from 'node:worker_threads';

/*
 * Loaded before a program (`node --import`), in all its threads: SQLite then runs with the
 * `synchronous` of SYNC_LEVEL, while it answers as if it ran with FULL. The store has no such
 * setting; this shows that the trial of power losses would see if it had.
 */
const level = process.env.SYNC_LEVEL ?? '';
if (level !== 'OFF' && level !== 'NORMAL') throw new Error(`SYNC_LEVEL=${level}`);
// eslint-disable-next-line @typescript-eslint/unbound-method -- called with the `this` of its replacement
const { exec, prepare } = DatabaseSync.prototype;
const SYNCHRONOUS = /synchronous/i;

DatabaseSync.prototype.exec = function (sql) {
  exec.call(this, sql);
  if (SYNCHRONOUS.test(sql)) exec.call(this, `PRAGMA synchronous = ${level}`);
};
DatabaseSync.prototype.prepare = function (sql, ...options) {
  return prepare.call(this, SYNCHRONOUS.test(sql) ? 'SELECT 2 AS synchronous' : sql, ...options);
};

/** The threads that the program starts are to load this too, whatever options it gives them. */
class WeakenedWorker extends threads.Worker {
  constructor(file: string | URL, options: threads.WorkerOptions = {}) {
    super(file, {
      ...options,
      execArgv: [...(options.execArgv ?? []), '--import', import.meta.url],
    });
  }
}
threads.Worker = WeakenedWorker;
syncBuiltinESMExports();
