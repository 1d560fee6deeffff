import { request as requestHttp, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';

/** How long one attempt may take in all, in milliseconds. */
const ATTEMPT_MS = 10_000;
/** Of an answer's body so much is read, and nothing made of it, in bytes. */
const ANSWER_BYTES = 64 * 1_024;

export interface Message {
  readonly url: URL;
  /** Those of {@link checkedAddresses}: no other is connected to. */
  readonly addresses: readonly LookupAddress[];
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signal: AbortSignal;
}

/**
 * POSTs once, on a connection of its own; follows no redirect. Null when it was taken (2xx), else why it was not,
 * without anything that the receiver said.
 * @throws the signal's reason when it aborts
 */
export async function sendOnce(message: Message): Promise<string | null> {
  const { signal } = message;
  const timeout = AbortSignal.timeout(ATTEMPT_MS);
  try {
    const answer = await answered(message, AbortSignal.any([signal, timeout]));
    const status = answer.statusCode ?? 0;
    await drained(answer);
    return status >= 200 && status < 300 ? null : `answered ${status}`;
  } catch (error) {
    signal.throwIfAborted();
    if (timeout.aborted) return `no answer within ${ATTEMPT_MS / 1_000} s`;
    const { code } = error as NodeJS.ErrnoException;
    return `not reached: ${code ?? 'the connection failed'}`;
  }
}

function answered(
  { url, addresses, headers, body }: Message,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  const options: RequestOptions = {
    method: 'POST',
    agent: false,
    signal,
    lookup: lookupOf(addresses),
    headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) },
  };
  return new Promise((resolve, reject) => {
    request(url, options).on('response', resolve).on('error', reject).end(body);
  });
}

/** Answers with what was checked, whatever the name would lead to by now. */
function lookupOf(addresses: readonly LookupAddress[]): LookupFunction {
  return (_name, { all }, callback) => {
    const [first] = addresses;
    if (all === true) callback(null, [...addresses]);
    else callback(null, first?.address ?? '', first?.family);
  };
}

/** Lets the receiver say what it wants to, up to a bound; its status has been heard. */
async function drained(answer: IncomingMessage): Promise<void> {
  let bytes = 0;
  try {
    for await (const chunk of answer) {
      bytes += (chunk as Buffer).length;
      if (bytes > ANSWER_BYTES) break;
    }
  } catch {
    // The status stands, whatever became of the rest.
  }
}
