/** The parts of a cutover as CDK constructs. */

export { acknowledge, acknowledgeTask, acknowledgeWildcard } from './acknowledge.ts';
export { type ChatChannels, ChatNotifier, type ChatNotifierProps } from './chat-notifier.ts';
export { APPLICATION_LISTENER_ARN, INGRESS_ID, TARGET_GROUP_ARN } from './check-cutover.ts';
export { type AlarmThresholds, CutoverAlarms, type CutoverAlarmsProps, DEFAULT_THRESHOLDS } from './cutover-alarms.ts';
export { CutoverDashboard, type CutoverDashboardProps } from './cutover-dashboard.ts';
export { CutoverFunctions, type CutoverFunctionsProps } from './cutover-functions.ts';
export { CutoverMachine, type CutoverMachineProps } from './cutover-machine.ts';
export type { CutoverListener, DualStackCutoverProps, ServiceRef } from './cutover-props.ts';
export { DualStackCutover, rulesOn } from './dual-stack-cutover.ts';
export { HandlerFunction, type RightsHolder, statementOf } from './handler-function.ts';
export { ledgerTable } from './ledger-table.ts';
export { MIRROR_PORTS, type MirrorCopies, type MirrorRedaction } from './mirror-containers.ts';
export { observedMachine } from './observed-machine.ts';
export { addCollector, OTLP_ENDPOINT } from './otel-collector.ts';
export { ParityBackfill, type ParityBackfillProps } from './parity-backfill.ts';
export { ParityPipeline, type ParityPipelineProps } from './parity-pipeline.ts';
export { RollbackTriggers, type RollbackTriggersProps } from './rollback-triggers.ts';
export type { HeaderValues, QueryMatch, RuleMatch } from './rule-match.ts';
export { dashboardAddress } from './runbook-dashboard.ts';
export {
  GATEWAY_PORT,
  MIRROR_HEALTH,
  ShadowMirror,
  type ShadowMirrorProps,
} from './shadow-mirror.ts';
export { statusTopic } from './status-topic.ts';
export {
  type CohortProps,
  type CutoverGroups,
  type ListenerRef,
  ruleProperties,
  SAFE_METHODS,
  type TargetGroupRef,
  WeightedRule,
  type WeightedRuleProps,
  WeightedRuleProvider,
  type WeightedRuleProviderProps,
} from './weighted-rule.ts';
