/** Evidence as one HTML file. */

export { type Chart, chartSvg } from './chart.ts';
export type { AlarmSample, RateSample, RunEvidence, WeightSample } from './evidence.ts';
export { clock, reportHtml } from './html.ts';
export { parityHtml } from './parity.ts';
export { causeRows, compared, noiseRows, routeRows, totalVerdicts } from './parity-rows.ts';
export type { TodoItem } from './todo-item.ts';
