/** Aggregates compared captures: counts by route, learned noise, and the verdict of the sign-off. */
export { type Judged, judgeLine } from './batch.ts';
export { countOf, quantile } from './histogram.ts';
export {
  GatheredNoise,
  mergeNoise,
  NO_NOISE,
  type NoiseModel,
  type NoisyPlace,
  noiseOf,
  noisyPlaces,
  withNoise,
} from './noise.ts';
export { type RouteTallies, totalOf } from './routes.ts';
export { type CopyCounts, judgeParity } from './signoff.ts';
export { StableOverTime, type SuggestedRules } from './suggest-rules.ts';
export {
  addCapture,
  addUnpaired,
  addUnreadable,
  byPosition,
  type CauseSample,
  type CauseSummary,
  emptySummary,
  mergeInto,
  type Position,
  type RouteSummary,
  type Summary,
  type Unpaired,
  type Unreadable,
} from './summary.ts';
export { noiseIn, suppressNoise } from './suppression.ts';
export { EMPTY_TALLY } from './tally.ts';
