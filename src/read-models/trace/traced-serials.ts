import type { FacilityId } from '../../custody/facilities/facility-code.js';
import { SerialSet, type SerialSetJson } from '../../custody/serials/serial-set.js';
import { CustodyLine } from '../custody-line/custody-line.js';
import { Sight } from '../custody-line/sight.js';
import type { ReadModelDatabase } from '../read-model-database.js';
import { Scope } from '../scope.js';
import { serialTexts, type SerialTexts } from '../serial-texts.js';
import { followSerials } from './followed-serials.js';
import type { StoryGroup } from './story-groups.js';
import type { TraceEntry } from './trace-entry.js';

export interface TracedSerials {
  /** In the order of their first serials. */
  readonly groups: readonly StoryGroup[];
  /** What the steps of the groups name by position, in the order of the log. */
  readonly entries: readonly TraceEntry[];
  /** Never produced, or not within the region that is asked for. */
  readonly notFound: SerialTexts;
  /** Not followed, for the answer has its bounds: ask for them by themselves. */
  readonly notTraced: SerialTexts;
}

export interface SerialsQuestion {
  /** The region asked for. */
  readonly scope: FacilityId;
  readonly serials: SerialSetJson;
}

/** What serials went through, those with one story together. */
export function answerTraceSerials(
  database: ReadModelDatabase,
  { scope, serials }: SerialsQuestion,
): TracedSerials {
  const sight = new Sight(new Scope(scope), database);
  const asked = SerialSet.fromJson(serials);
  const followed = followSerials(new CustodyLine(database), sight, asked);
  const { groups, neverProduced, unseen, notFollowed } = followed;
  return {
    groups: groups.groups(),
    entries: groups.entries(),
    notFound: serialTexts(neverProduced.plus(unseen)),
    notTraced: serialTexts(notFollowed),
  };
}
