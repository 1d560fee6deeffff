import { serve } from '../http/serve.js';
import type { Settings } from '../settings.js';
import { complain } from './output.js';

/** Serves until a signal stops it. */
export async function runServer(settings: Settings): Promise<void> {
  await serve(settings, {
    onListening: (url) => {
      complain(`blangko serves ${settings.dataDir} at ${url}/api, documented at ${url}/api/docs`);
    },
  });
}
