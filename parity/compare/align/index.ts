/** Pairs the elements, lines or tokens of one side with those of the other. */
export { type Alignment, alignInOrder, alignUnordered, NO_PARTNER } from './align-arrays.ts';
export { shortestEditOf } from './shortest-edit.ts';
