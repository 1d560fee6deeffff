import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as CompiledSource from '../support/compiled-source.js';

/*
 * `npm run verify:national`: compiles the sources and runs the verification from the result. Node
 * reads this file and the compiler as they stand, by taking their types away, so both are named by
 * address at run time.
 */

const compiler = (await import(
  new URL('../support/compiled-source.ts', import.meta.url).href
)) as typeof CompiledSource;

const folder = await compiler.compiledSource();
await import(pathToFileURL(join(folder, 'test', 'verify', 'verify.js')).href);
