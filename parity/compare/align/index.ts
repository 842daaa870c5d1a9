/** Which element, line or token of one side answers to which of the other. */
export { type Alignment, alignInOrder, alignUnordered, NO_PARTNER } from './align-arrays.ts';
export { shortestEditOf } from './shortest-edit.ts';
