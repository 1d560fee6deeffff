/** Text is handed on in pieces of about this size, in UTF-16 code units. */
const CHUNK_LENGTH = 64 * 1_024;

/** Texts put together to pieces worth handing on, in UTF-8. Holds one piece at most. */
export async function* textChunks(
  texts: AsyncIterable<string>,
): AsyncGenerator<Uint8Array, void, undefined> {
  let held = '';
  for await (const text of texts) {
    held += text;
    if (held.length < CHUNK_LENGTH) continue;
    yield Buffer.from(held, 'utf8');
    held = '';
  }
  if (held !== '') yield Buffer.from(held, 'utf8');
}
