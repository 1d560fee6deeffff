import '../on-stand-in.js';
import '../process.spec.js';
