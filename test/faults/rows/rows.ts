import type { FaultRow } from '../fault-row.js';
import { backup } from './backup.js';
import { bitFlips } from './bit-flips.js';
import { clock } from './clock.js';
import { diskFull } from './disk-full.js';
import { eventStore } from './event-store.js';
import { feed } from './feed.js';
import { kill } from './kill.js';
import { nodes } from './nodes.js';
import { powerLoss } from './power-loss.js';
import { projectionCrash } from './projection-crash.js';
import { serverErrors } from './server-errors.js';
import { sigterm } from './sigterm.js';
import { duplicates, model, poison, races } from './specs.js';
import { tornLog } from './torn-log.js';
import { webhooks } from './webhooks.js';
import { writeErrors } from './write-errors.js';

/** In the order of the table. */
export const ROWS: readonly FaultRow[] = [
  kill,
  powerLoss,
  tornLog,
  bitFlips,
  writeErrors,
  serverErrors,
  diskFull,
  clock,
  duplicates,
  races,
  model,
  projectionCrash,
  backup,
  poison,
  sigterm,
  feed,
  webhooks,
  eventStore,
  nodes,
];
