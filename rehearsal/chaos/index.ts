/** Injects every fault into every AWS call of a cutover. */
export { sweep } from './sweep.ts';
export { sampleCaptures } from './synthetic-traffic.ts';
