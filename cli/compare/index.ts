/** Commands that compare two services. */
export { contractCommand } from './contract.ts';
export { diffCommand } from './diff.ts';
export { rulesCommand } from './rules.ts';
