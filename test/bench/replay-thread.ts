import { parentPort, workerData } from 'node:worker_threads';
import { readLogRange } from '../../src/event-store/embedded/log-range.js';
import type { ReplayPart } from './replay-threads.js';

const { logFile, range } = workerData as ReplayPart;
let events = 0;
for (const row of readLogRange(logFile, range)) events += row.length;
parentPort?.postMessage(events);
