import '../on-stand-in.js';
import '../nik-canary.spec.js';
