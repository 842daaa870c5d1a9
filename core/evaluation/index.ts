/** One evaluation of the present phase: from evidence to advance, hold or rollback. */
export { elapsedMs, overtime } from './deadlines.ts';
export { observe } from './evaluation.ts';
export type { Evidence, PresentRun } from './evidence.ts';
export { hardStop, unreadiness } from './hard-stops.ts';
export { hooksAt, objectionOf } from './hooks.ts';
export type { Observation } from './observation.ts';
export { revisedSince } from './revision.ts';
export { isAgreed, pauseAt, pausedMs, steeredAt } from './steering.ts';
export { lookWhileWaiting, WAITING_PHASES } from './waiting.ts';
