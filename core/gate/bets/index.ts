/** Evidence in counts, as e-values that may be evaluated every minute. */
export { ceilingOf, reachOf, spikeOf } from './ceiling.ts';
export { firstFailure, mixOverOnset, type Onset } from './change-point.ts';
export { lowerBound, refutation, upperBound, WITHIN_BETS, withinMargin } from './confidence-sequence.ts';
export { byCause, logMeanExp, logMixExp, type Pair, summed } from './e-value.ts';
export { above, below, type Exposed, exposedByCause } from './fixed-rate.ts';
export { median } from './median.ts';
export { byNoise, noiseSize, rateNoiseOf } from './noise.ts';
export { burstSize, type Period } from './overdispersion.ts';
export { NO_WARM_UP, type RateTolerance, SHAKEN, type WarmUp, worse } from './regression.ts';
