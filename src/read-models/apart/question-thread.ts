import { statSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { ReadModelDatabase } from '../read-model-database.js';
import { slowest } from '../slowest.js';
import { registeredProjections } from '../registry.js';
import {
  answerApart,
  type Answered,
  type ApartName,
  type ApartParameters,
} from './apart-questions.js';

/** A thread that answers questions from a file of read models, which another writes. */
export interface QuestionThreadData {
  readonly file: string;
}

export interface QuestionRequest {
  readonly id: number;
  readonly name: ApartName;
  readonly parameters: ApartParameters<ApartName>;
  /** The projections that the question rests on. */
  readonly projections: readonly string[];
}

export type QuestionReply =
  | { readonly id: number; readonly answered: Answered<unknown> }
  | { readonly id: number; readonly fault: unknown };

const { file } = workerData as QuestionThreadData;
let opened: { readonly database: ReadModelDatabase; readonly inode: number } | null = null;

parentPort?.on('message', (request: QuestionRequest | 'let go') => {
  parentPort?.postMessage(request === 'let go' ? letGo() : replyTo(request));
});

function letGo(): 'let go' {
  opened?.database.close();
  opened = null;
  return 'let go';
}

function replyTo({ id, name, parameters, projections }: QuestionRequest): QuestionReply {
  try {
    const database = current();
    const positionOf = (): bigint | null => {
      const known = registeredProjections(database);
      return slowest(projections.map((it) => known.get(it)?.position ?? null));
    };
    return { id, answered: answerApart(database, name, parameters, positionOf) };
  } catch (fault) {
    return { id, fault };
  }
}

/** A rebuild puts another file in its place: the old one is left for it. */
function current(): ReadModelDatabase {
  const inode = statSync(file).ino;
  if (opened?.inode === inode) return opened.database;
  opened?.database.close();
  opened = { database: ReadModelDatabase.openReadOnly(file), inode };
  return opened.database;
}
