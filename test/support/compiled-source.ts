import { createHash } from 'node:crypto';
import {
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { transform, version, type Options } from '@swc/core';

const PROJECT = join(import.meta.dirname, '..', '..');
const OUTPUT = join(PROJECT, 'build', 'test-dist');
const FOLDERS = ['src', 'test/support', 'test/bench', 'test/faults', 'test/verify'];
/** Older results kept: another run may still start processes from them. */
const KEPT = 4;

let compiled: Promise<string> | undefined;

/**
 * Compiles `src` and the named folders of `test` to plain ES modules that `node` runs, for tests that
 * start processes, for the bench, the faults and the verification. Returns the folder under which all
 * are mirrored: the server's entry is `<folder>/src/main.js`. The result is named by a hash of the
 * sources and appears by one rename, so any number of test workers may ask at once, and nothing is
 * compiled twice. It lies inside the project, so that packages resolve; package.json stands in it as
 * it does above `dist`.
 */
export function compiledSource(): Promise<string> {
  compiled ??= compile();
  return compiled;
}

async function compile(): Promise<string> {
  const files = (await Promise.all(FOLDERS.map(filesBelow))).flat().sort();
  const contents = await Promise.all(files.map((file) => readFile(join(PROJECT, file))));
  const packageJson = await readFile(join(PROJECT, 'package.json'), 'utf8');
  const hash = createHash('sha256').update(version).update(packageJson);
  files.forEach((file, index) => {
    hash.update(`\0${file}\0`).update(contents[index] ?? '');
  });
  const result = join(OUTPUT, hash.digest('hex').slice(0, 16));
  if (await isComplete(result)) return result;
  await mkdir(OUTPUT, { recursive: true });
  const scratch = await mkdtemp(join(OUTPUT, 'compiling-'));
  for (const [index, file] of files.entries()) {
    await emit(scratch, file, contents[index] ?? Buffer.alloc(0));
  }
  await writeFile(join(scratch, 'package.json'), packageJson);
  try {
    await rename(scratch, result);
  } catch (error) {
    // Another worker was quicker; its result is the same.
    await rm(scratch, { recursive: true });
    if (!(await isComplete(result))) throw error;
  }
  await removeOld(result);
  return result;
}

async function emit(scratch: string, file: string, content: Buffer): Promise<void> {
  const target = join(scratch, file);
  await mkdir(dirname(target), { recursive: true });
  if (!file.endsWith('.ts')) {
    await cp(join(PROJECT, file), target);
    return;
  }
  const { code } = await transform(content.toString('utf8'), { ...OPTIONS, filename: file });
  await writeFile(target.replace(/\.ts$/, '.js'), code);
}

// As jest's transform in package.json, but leaving ES modules as they are.
const OPTIONS: Options = {
  configFile: false,
  swcrc: false,
  sourceMaps: 'inline',
  jsc: {
    target: 'es2024',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
    keepClassNames: true,
  },
  module: { type: 'es6' },
};

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(join(PROJECT, folder), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !/\.(spec|d)\.ts$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(PROJECT.length + 1));
}

async function isComplete(result: string): Promise<boolean> {
  try {
    await readFile(join(result, 'package.json'));
    return true;
  } catch {
    return false;
  }
}

async function removeOld(current: string): Promise<void> {
  const folders = (await readdir(OUTPUT)).filter((name) => /^[0-9a-f]{16}$/.test(name));
  const dated = await Promise.all(
    folders.map(async (name) => {
      const path = join(OUTPUT, name);
      // Another worker may have removed it since it was listed.
      const found = await stat(path).catch(() => null);
      return { path, time: found?.mtimeMs ?? 0 };
    }),
  );
  dated.sort((a, b) => b.time - a.time);
  for (const { path } of dated.slice(KEPT)) {
    if (path !== current) await rm(path, { recursive: true, force: true });
  }
}
