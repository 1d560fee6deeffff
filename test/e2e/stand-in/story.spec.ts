import '../on-stand-in.js';
import '../story.spec.js';
