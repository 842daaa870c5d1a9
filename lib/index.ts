/** What the package gives to other CDK apps. `DualStackCutover` is the whole; the rest are its parts. */
export type { GroupRole } from '../core/deployment.ts';
export { CrossfadeError, InvalidPlanError } from '../core/errors.ts';
export { type Plan, type PlanInput, parsePlan } from '../core/plan.ts';
export {
  type AlarmThresholds,
  CutoverAlarms,
  type CutoverAlarmsProps,
  DEFAULT_THRESHOLDS,
} from './constructs/cutover-alarms.ts';
export { CutoverDashboard, type CutoverDashboardProps } from './constructs/cutover-dashboard.ts';
export { CutoverFunctions, type CutoverFunctionsProps } from './constructs/cutover-functions.ts';
export { CutoverMachine, type CutoverMachineProps } from './constructs/cutover-machine.ts';
export {
  type CutoverListener,
  DualStackCutover,
  type DualStackCutoverProps,
  type ServiceRef,
} from './constructs/dual-stack-cutover.ts';
export { ledgerTable } from './constructs/ledger-table.ts';
export { ParityBackfill, type ParityBackfillProps } from './constructs/parity-backfill.ts';
export { ParityPipeline, type ParityPipelineProps } from './constructs/parity-pipeline.ts';
export { RollbackTriggers, type RollbackTriggersProps } from './constructs/rollback-triggers.ts';
export { ShadowTap, type ShadowTapProps, type TapCopies, type TapRedaction } from './constructs/shadow-tap.ts';
export {
  type CutoverGroups,
  type ListenerRef,
  SAFE_METHODS,
  type TargetGroupRef,
  WeightedRule,
  type WeightedRuleProps,
  WeightedRuleProvider,
  type WeightedRuleProviderProps,
} from './constructs/weighted-rule.ts';
