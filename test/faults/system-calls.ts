/** What a traced process did to its files, in order. `at` counts the lines of the trace. */
export type SystemCall =
  | { readonly kind: 'create'; readonly path: string }
  | { readonly kind: 'unlink'; readonly path: string }
  | {
      readonly kind: 'write';
      readonly path: string;
      readonly offset: number;
      readonly data: Buffer;
      readonly at: number;
    }
  | { readonly kind: 'truncate'; readonly path: string; readonly size: number; readonly at: number }
  /** Of a file or a folder; covers what was done before it began. */
  | { readonly kind: 'sync'; readonly path: string; readonly began: number }
  /** The process said that everything up to this position is durable. */
  | { readonly kind: 'acknowledge'; readonly position: number };

/** The calls that {@link systemCalls} knows, for `strace -e`; any other way to write fails there. */
export const TRACED =
  'trace=openat,write,writev,pwrite64,pwritev,pwritev2,fsync,fdatasync,sync_file_range,' +
  'truncate,ftruncate,fallocate,rename,renameat,renameat2,unlink,unlinkat';

const LINE = /^(\d+) +(.*)$/;
const UNFINISHED = / <unfinished \.\.\.>$/;
const RESUMED = /^<\.\.\. \w+ resumed>/;
const CALL = /^(\w+)\((.*)\) += (-?\d+)/;
const DESCRIPTOR = /^(\d+)<([^>]*)>/;
const QUOTED = /"([^"]*)"/;
const ACKNOWLEDGED = /^ack (\d+)\n$/;

/**
 * Reads the output of `strace -f -y -xx` over files below `folder`. A call counts when it ends, but
 * what it can have synced is what was done when it began.
 * @throws {Error} a file below `folder` was written in a way this does not know
 */
export function* systemCalls(
  trace: string,
  folder: string,
): Generator<SystemCall, void, undefined> {
  const begun = new Map<string, { readonly text: string; readonly at: number }>();
  let at = 0;
  for (let from = 0; from < trace.length;) {
    const end = trace.indexOf('\n', from);
    const [, thread = '', rest = ''] =
      LINE.exec(trace.slice(from, end === -1 ? undefined : end)) ?? [];
    from = end === -1 ? trace.length : end + 1;
    at++;
    if (UNFINISHED.test(rest)) {
      begun.set(thread, { text: rest.replace(UNFINISHED, ''), at });
      continue;
    }
    const start = RESUMED.test(rest) ? begun.get(thread) : undefined;
    const whole = start === undefined ? rest : start.text + rest.replace(RESUMED, '');
    const call = readCall(whole, folder, at, start?.at ?? at);
    if (call !== null) yield call;
  }
}

function readCall(text: string, folder: string, at: number, began: number): SystemCall | null {
  const [, name = '', args = '', returned = ''] = CALL.exec(text) ?? [];
  const value = Number(returned);
  if (name === '' || value < 0) return null;
  const [, descriptor = '', hexPath = ''] = DESCRIPTOR.exec(args) ?? [];
  const path = bytesOf(hexPath).toString();
  if (name === 'write' && descriptor === '1') {
    const position = ACKNOWLEDGED.exec(bytesOf(QUOTED.exec(args)?.[1] ?? '').toString())?.[1];
    return position === undefined ? null : { kind: 'acknowledge', position: Number(position) };
  }
  if (name === 'openat' || name === 'unlink') {
    const named = bytesOf(QUOTED.exec(args)?.[1] ?? '').toString();
    if (!isDurable(named, folder)) return null;
    if (name === 'unlink') return { kind: 'unlink', path: named };
    return args.includes('O_CREAT') ? { kind: 'create', path: named } : null;
  }
  if (name === 'fsync' || name === 'fdatasync') return { kind: 'sync', path, began };
  if (!isDurable(path, folder)) return null;
  if (name === 'pwrite64') {
    const data = bytesOf(QUOTED.exec(args)?.[1] ?? '').subarray(0, value);
    const offset = Number(/, (\d+)$/.exec(args)?.[1]);
    return { kind: 'write', path, offset, data, at };
  }
  if (name === 'ftruncate')
    return { kind: 'truncate', path, size: Number(/, (\d+)$/.exec(args)?.[1]), at };
  throw new Error(`the trace has a call this trial does not know: ${name} of ${path}`);
}

/** The shared memory of SQLite's index is no file to it, and the lock's file holds nothing. */
function isDurable(path: string, folder: string): boolean {
  return path.startsWith(`${folder}/`) && !/-shm$|\.lock(-journal)?$/.test(path);
}

function bytesOf(text: string): Buffer {
  return Buffer.from(text.replaceAll('\\x', ''), 'hex');
}
