/** The content of the page as plain data, from a rehearsal's evidence or from what was read from AWS. */
export { STEERING } from './action-offers.ts';
export type {
  ChartBand,
  ChartDot,
  ChartLine,
  ChartMark,
  ChartView,
  ColorName,
} from './chart-view.ts';
export type { AlarmChange } from './decision-rows.ts';
export { gateLooks } from './gate-looks.ts';
export { type IngressReading, livePage, type PresentReading, type RunReading } from './live-view.ts';
export type * from './page-view.ts';
export { ACTIONS } from './page-view.ts';
export { cohortText, rehearsalPage } from './rehearsal-view.ts';
export type { RateSample, RunEvidence } from './run-evidence.ts';
export type { TrafficSeries, WeightsAt } from './traffic-charts.ts';
export { clock, countText } from './wording.ts';
