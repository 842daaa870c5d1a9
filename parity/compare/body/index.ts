/** Compares the bodies of two answers by their format. */
export { compareBody } from './body.ts';
