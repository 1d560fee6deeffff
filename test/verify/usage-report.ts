import { writeSync } from 'node:fs';

/** The pipe that measured-process.ts gives the process. */
const REPORT_TO = 3;

/*
 * Loaded into a process before its program: at its end it says what it has used, by the system's own
 * account, as one JSON object: `cpuSeconds` of all its threads, and `peakBytes` of resident memory.
 */
process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  const cpuSeconds = (userCPUTime + systemCPUTime) / 1e6;
  writeSync(REPORT_TO, JSON.stringify({ cpuSeconds, peakBytes: maxRSS * 1_024 }));
});
