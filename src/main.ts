import { fail } from './cli/failure.js';
import { serve } from './http/serve.js';
import { readSettings } from './settings.js';

try {
  await serve(readSettings(process.env));
} catch (error) {
  fail(error);
}
