/** The words of the domain and the ports: everything else in the project speaks in these types. */
export {
  DecisionLogError,
  type DecisionLogHeader,
  decisionLogLines,
  decode,
  type Look,
  parseEntry,
  parseHeader,
} from './decision-log.ts';
export {
  commandAt,
  type Deployment,
  deploymentSchema,
  GROUP_ROLES,
  type GroupRole,
  type MetricProvider,
  type MetricProviderInput,
  metricProviderSchema,
} from './deployment.ts';
export {
  DRILL_DEADLINE_SECONDS,
  DRILL_INTERVAL_SECONDS,
  type Drill,
  type DrillRecord,
  drillRecordSchema,
  drillRefusal,
  drillRequestSchema,
  drillTimes,
} from './drill.ts';
export { ERRORS } from './error-names.ts';
export {
  CrossfadeError,
  DrillFailedError,
  describeError,
  FencedError,
  HookRefusedError,
  InvalidPlanError,
  NoHealthyTargetError,
  type PlanProblem,
  RefusedError,
  RuleKeptError,
  RuleRefusedError,
  SupersededError,
  WeightsNotAppliedError,
} from './errors.ts';
export type {
  HookAnswer,
  MetricBaseline,
  MetricEvidence,
  MetricMinute,
  MetricPoint,
} from './evidence.ts';
export { type LateCount, type MinuteEvidence, type SideCounts, UNKNOWN } from './evidence.ts';
export { type CutoverId, cutoverIdSchema, generationSchema, type IngressId, ingressIdSchema } from './ids.ts';
export {
  concerns,
  type Intent,
  type Lease,
  type LogEntry,
  ledgerItemSchema,
  logEntrySchema,
  sameIntent,
  type TasksIntent,
  TIDINGS,
  type Tidings,
  TRIGGERS,
  type Trigger,
  type TriggerScope,
  untold,
} from './lease.ts';
export { ANSWERED_SERIES, BALANCER_SERIES, BASELINE_SERIES, SIDE_SERIES } from './evidence.ts';
export { assertPlan, type Plan, type PlanInput, parsePlan, planSchema, rollbackAlarmsOf } from './plan.ts';
export {
  alphaShareOf,
  type CountMetric,
  type GuardMetric,
  type MetricQuery,
  type PlanMetric,
  type ValueMetric,
} from './plan-metrics.ts';
export type {
  AlarmReading,
  Alarms,
  ApprovalRequest,
  Approvals,
  Capacity,
  Claim,
  Clock,
  DecisionLog,
  Drills,
  Executions,
  Exercise,
  FenceRequest,
  FenceResult,
  HookStep,
  Hooks,
  Ingress,
  Leases,
  Metrics,
  Notice,
  Notifier,
  Parity,
  ParityVerdict,
  PlanMetrics,
  Progress,
  RevisionReader,
  RunRef,
  TargetHealthCounts,
  TimeRange,
} from './ports.ts';
export { NOTICE_KINDS } from './ports.ts';
export {
  type Approval,
  type BaselineSummary,
  type CapacitySnapshot,
  type CutoverState,
  type CutoverStateJson,
  capacitySnapshotSchema,
  isRestored,
  type Next,
  PHASES,
  type Phase,
  parseState,
  type Revision,
  type Revisions,
  stateSchema,
  stateToJson,
} from './run-state.ts';
export {
  answersAnybody,
  describeWeights,
  finalWeights,
  isFinal,
  isSafe,
  MAX_WEIGHT,
  type RuleWeights,
  ruleWeightsSchema,
  SAFE_SPLIT,
  sameWeights,
  shareOf,
  type TrafficSplit,
  weightsFor,
} from './split.ts';
export { type Steered, type Steering, UNSTEERED } from './steering.ts';
export { durationSchema, formatDuration, fromIso, parseDuration, toIso } from './time.ts';
