/** The public API of the package for CDK apps. `DualStackCutover` is the whole; the others are its parts. */
export {
  CrossfadeError,
  type GroupRole,
  InvalidPlanError,
  type MetricProviderInput,
  type Plan,
  type PlanInput,
  parsePlan,
} from '../core/model/index.ts';
export {
  type AlarmThresholds,
  CutoverAlarms,
  type CutoverAlarmsProps,
  CutoverDashboard,
  type CutoverDashboardProps,
  DEFAULT_THRESHOLDS,
} from './alarms/index.ts';
export {
  CampaignAccess,
  type CampaignAccessProps,
  CampaignMachine,
  type CampaignMachineProps,
} from './campaign/index.ts';
export {
  CutoverFunctions,
  type CutoverFunctionsProps,
  type CutoverListener,
  CutoverMachine,
  type CutoverMachineProps,
  DualStackCutover,
  type DualStackCutoverProps,
  ledgerTable,
  RollbackTriggers,
  type RollbackTriggersProps,
  type ServiceRef,
} from './cutover/index.ts';
export {
  type CohortProps,
  type CutoverGroups,
  type HeaderValues,
  type ListenerRef,
  type QueryMatch,
  type RuleMatch,
  SAFE_METHODS,
  type TargetGroupRef,
  WeightedRule,
  type WeightedRuleProps,
  WeightedRuleProvider,
  type WeightedRuleProviderProps,
} from './listener/index.ts';
export { type MirrorCopies, type MirrorRedaction, ShadowMirror, type ShadowMirrorProps } from './mirror/index.ts';
export { type ChatChannels, ChatNotifier, type ChatNotifierProps } from './notices/index.ts';
export { OperatorPolicies, type OperatorPoliciesProps } from './operators/index.ts';
export { ParityBackfill, type ParityBackfillProps, ParityPipeline, type ParityPipelineProps } from './parity/index.ts';
