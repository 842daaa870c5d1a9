/** Entry of a checkout. */
import './installed.js';

await import('./crossfade.ts');
