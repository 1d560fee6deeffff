import { serve } from './http/serve.js';
import { readSettings } from './settings.js';

try {
  await serve(readSettings(process.env));
} catch (error) {
  process.stderr.write(`blangko: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
