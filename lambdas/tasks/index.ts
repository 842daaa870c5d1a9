/** Common steps at the end of handlers: the lease, the notice, the metrics. */
export type { Deps, RollbackDeps } from './deps.ts';
export { type Emit, emfEmitter, HANDLER_METRICS } from './emf.ts';
export { recordAndTell, tell } from './notices.ts';
export { parityMetrics } from './parity-metrics.ts';
export { reportRollback, tellRollback } from './rollback-report.ts';
export { runOf, settle } from './task-end.ts';
