/** The real handlers behind the machine and its triggers, by the name of their file. */
import { makeHandler as approved } from '../../lambdas/approved.ts';
import { makeHandler as baseline } from '../../lambdas/baseline.ts';
import { makeHandler as capacity } from '../../lambdas/capacity.ts';
import { makeHandler as closeMirror } from '../../lambdas/close-mirror.ts';
import { makeHandler as complete } from '../../lambdas/complete.ts';
import { makeHandler as decommission } from '../../lambdas/decommission.ts';
import { makeHandler as drill } from '../../lambdas/drill.ts';
import { makeHandler as exercise } from '../../lambdas/exercise.ts';
import { makeHandler as preflight } from '../../lambdas/preflight.ts';
import { makeHandler as rollback } from '../../lambdas/rollback.ts';
import { makeHandler as shift } from '../../lambdas/shift.ts';
import { makeHandler as signoff } from '../../lambdas/signoff.ts';
import type { Deps } from '../../lambdas/tasks/index.ts';
import { makeHandler as verifyRollback } from '../../lambdas/verify-rollback.ts';
import { makeHandler as watch } from '../../lambdas/watch.ts';
import { makeHandler as watchdog } from '../../lambdas/watchdog.ts';
import type { SimulatedHandler } from './scenario/index.ts';

export type Handlers = Readonly<Record<SimulatedHandler, (deps: Deps) => (event: unknown) => Promise<unknown>>>;

export const REAL_HANDLERS: Handlers = {
  preflight,
  baseline,
  capacity,
  shift,
  watch,
  exercise,
  signoff,
  approved,
  decommission,
  complete,
  rollback,
  'verify-rollback': verifyRollback,
  watchdog: (deps) => () => watchdog(deps)(),
  'close-mirror': closeMirror,
  drill,
};
