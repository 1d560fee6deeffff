import { jakarta2017 } from './jakarta-2017.js';
import { jakarta2020 } from './jakarta-2020.js';
import { national2017 } from './national-2017.js';
import type { Scenario } from './scenario.js';

/** Every scenario, by its name. */
export const SCENARIOS: ReadonlyMap<string, Scenario> = new Map(
  [jakarta2017, jakarta2020, national2017].map((scenario) => [scenario.name, scenario]),
);
