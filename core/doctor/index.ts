/** Is an account ready for a cutover? Checks on facts that others have gathered. */

export { type Diagnosis, type Level, worst } from './diagnosis.ts';
export { examine } from './examination.ts';
export type * from './facts.ts';
