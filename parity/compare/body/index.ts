/** Bodies of two answers, compared by their format. */
export { compareBody } from './body.ts';
