/** Which adapters each handler is given. */
export { awsDeps } from './all.ts';
export { type BackfillDeps, parityBackfillDeps } from './parity-backfill.ts';
export { parityDeps, type TransformDeps } from './parity-transform.ts';
export { rollbackDeps, rollbackDepsOf } from './rollback.ts';
