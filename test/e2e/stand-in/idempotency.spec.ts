import '../on-stand-in.js';
import '../idempotency.spec.js';
