import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as CompiledSource from './compiled-source.js';

/*
 * `npm run bench`, `faults` and `verify:national`: compiles the sources and runs the program that is
 * named first, below `test`, from the result. Node reads this file and the compiler as they stand, by taking
 * their types away, so both are named by address at run time.
 */

const compiler = (await import(
  new URL('./compiled-source.ts', import.meta.url).href
)) as typeof CompiledSource;

const [program] = process.argv.splice(2, 1);
if (program === undefined) throw new Error('no program is named');
const folder = await compiler.compiledSource();
await import(pathToFileURL(join(folder, 'test', `${program}.js`)).href);
