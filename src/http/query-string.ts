/** Most characters of a query string that are looked at. */
const MAX_LENGTH = 4_096;

/**
 * The parameters of a query string. Names without a prototype's meaning are kept as they are; a
 * parameter given twice, or a name that is no plain word, shows as a list, which no form allows.
 */
export function parseQuery(text: string): Record<string, string | readonly string[]> {
  if (text.length > MAX_LENGTH) return { tooLong: ['', ''] };
  const query: Record<string, string | readonly string[]> = {};
  for (const [name, value] of new URLSearchParams(text)) {
    const isPlain = /^[a-zA-Z]{1,32}$/.test(name) && !(name in Object.prototype);
    if (!isPlain) query['unknown'] = ['', ''];
    else query[name] = name in query ? ['', ''] : value;
  }
  return query;
}
