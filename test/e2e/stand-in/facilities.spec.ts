import '../on-stand-in.js';
import '../facilities.spec.js';
