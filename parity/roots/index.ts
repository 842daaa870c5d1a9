/**
 * Root causes: the differences that one change of the candidate would remove, wherever they occur, and which of them
 * are known.
 */
export { type Baseline, baselineSchema, knownRoots, seenOf, withBaseline } from './baseline.ts';
export {
  addRoots,
  emptyRoots,
  MOST_ROOTS,
  mergeRoots,
  type RootPlace,
  type RootSample,
  type Roots,
  rootsOf,
} from './roots.ts';
