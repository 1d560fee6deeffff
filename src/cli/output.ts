import { SingleBar } from 'cli-progress';
import Table from 'cli-table3';

const FIGURES = new Intl.NumberFormat('id-ID');

/** As Indonesians write it: 7.000.000. */
export function figure(value: number | bigint): string {
  return FIGURES.format(value);
}

/** One line on standard output. */
export function print(line = ''): void {
  process.stdout.write(`${line}\n`);
}

/** One line on standard error. */
export function complain(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** For machines: one JSON document. */
export function printJson(value: unknown): void {
  const text = JSON.stringify(
    value,
    (_key, item: unknown) => (typeof item === 'bigint' ? String(item) : item),
    2,
  );
  print(text);
}

/** Columns are aligned; figures stand to the right. Numbers are written as {@link figure} does. */
export function printTable(
  heads: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): void {
  const isFigure = heads.map((_, column) => rows.some((row) => typeof row[column] === 'number'));
  const table = new Table({
    head: [...heads],
    colAligns: isFigure.map((right) => (right ? 'right' : 'left')),
    style: { head: [], border: [], compact: true },
  });
  for (const row of rows)
    table.push(row.map((cell) => (typeof cell === 'number' ? figure(cell) : cell)));
  print(table.toString());
}

export interface Progress {
  readonly update: (done: number, total: number) => void;
  readonly stop: () => void;
}

/** A bar on standard error where that is a terminal; elsewhere one line at each tenth. */
export function progressBar(label: string): Progress {
  if (!process.stderr.isTTY) return progressLines(label);
  const bar = new SingleBar({
    format: `${label} {bar} {percentage}% {value}/{total}`,
    stream: process.stderr,
    hideCursor: true,
    clearOnComplete: false,
  });
  let isStarted = false;
  return {
    update: (done, total) => {
      if (isStarted) {
        bar.setTotal(total);
        bar.update(done);
      } else {
        bar.start(total, done);
        isStarted = true;
      }
    },
    stop: () => {
      bar.stop();
    },
  };
}

function progressLines(label: string): Progress {
  let told = -1;
  return {
    update: (done, total) => {
      const tenth = total === 0 ? 10 : Math.floor((10 * done) / total);
      if (tenth <= told) return;
      told = tenth;
      complain(`${label} ${tenth * 10}% (${figure(done)} of ${figure(total)})`);
    },
    stop: () => undefined,
  };
}
