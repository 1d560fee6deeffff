import '../on-stand-in.js';
import '../halted-projection.spec.js';
