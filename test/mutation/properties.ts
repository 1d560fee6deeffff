/** Each mutant is tried on the same cases, so that its fate is the same in every run. */
process.env.PROPERTY_RUNS ??= '100';
