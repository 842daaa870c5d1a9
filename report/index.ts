/** The result of a comparison of recorded answers, as one HTML file. */
export { parityHtml } from './parity.ts';
export { causeRows, compared, noiseRows, routeRows, totalVerdicts } from './parity-rows.ts';
export type { TodoItem } from './todo-item.ts';
