/** Entry of a checkout. */
import './needs-typescript.js';

await import('./crossfade.ts');
