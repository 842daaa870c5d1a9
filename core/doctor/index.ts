/** Whether an account is ready for a cutover, decided from facts that others have collected. */

export { type Diagnosis, type Level, worst } from './diagnosis.ts';
export { examine } from './examination.ts';
export type * from './facts.ts';
