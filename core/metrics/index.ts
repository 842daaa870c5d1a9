/** Evidence from the plan's own metrics: the opinion of each metric about a stage. */
export { cohortPlan, gatePlan } from './alpha.ts';
export { queriesOfMetric, sidelessProblems } from './both-sides.ts';
export {
  type CloudWatchQuery,
  type CloudWatchSeries,
  isZeroWhenAbsent,
  type SeriesMath,
  seriesOf,
} from './cloudwatch-series.ts';
export { type MetricNeed, needOf } from './evidence-needed.ts';
export { METRIC_WINDOW, MOST_FIGURE, opinionsOf, type Stretch } from './opinion.ts';
export { fillFor, type QueryPlaces, SourceError } from './query-text.ts';
export { together, voteOf } from './vote.ts';
export { worstShareOf } from './worst-share.ts';
