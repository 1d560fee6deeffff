import '../on-stand-in.js';
import '../feed.spec.js';
