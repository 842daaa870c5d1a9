/** Root causes: what one change of the candidate would end, wherever it shows, and which of them are known. */
export { type Baseline, baselineSchema, knownRoots, seenOf, withBaseline } from './baseline.ts';
export { addRoots, emptyRoots, mergeRoots, type RootSample, type Roots, rootsOf } from './roots.ts';
