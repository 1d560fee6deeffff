import '../on-stand-in.js';
import '../documentation.spec.js';
