import '../on-stand-in.js';
import '../bad-input.spec.js';
