/** Every AWS call of a cutover meets every fault. */
export { sweep } from './sweep.ts';
export { sampleCaptures } from './synthetic-traffic.ts';
