/** What a `DualStackCutover` is given. */
import type { Duration } from 'aws-cdk-lib';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { MetricProviderInput, PlanInput } from '../../core/model/index.ts';
import type { AlarmThresholds } from '../alarms/index.ts';
import type { CohortProps, CutoverGroups, ListenerRef, RuleMatch, WeightedRule } from '../listener/index.ts';
import type { ChatChannels } from '../notices/index.ts';

/** An ECS service by its names. */
export interface ServiceRef {
  /** Name of the ECS cluster. */
  readonly cluster: string;
  /** Name of the ECS service. */
  readonly service: string;
}

/** A listener on which the cutover makes its rules. */
export interface CutoverListener extends RuleMatch {
  /** The listener itself, or its ARN. */
  readonly listener: ListenerRef;
  /**
   * Priority of the first rule; with a mirror a second rule takes the next number. Must come before the rules that serve this traffic now, and may
   * come before no others: what the new rule takes from a rule that does not plainly forward to the stable group is refused when it is made.
   */
  readonly priority: number;
  /**
   * Testers whom the candidate may answer before the first stage (the plan's `cohort`), by a rule of their own. At rest, in the stages
   * and after a rollback that rule forwards as the others do. @default - no cohort
   */
  readonly cohort?: CohortProps & {
    /** Priority of that rule; a smaller number than `priority`. */
    readonly priority: number;
  };
}

export interface DualStackCutoverProps {
  /** Names the ingress and, with it, alarms and functions: 1 to 40 letters, digits, - and _. */
  readonly ingressId: string;
  /** The two sides and, for a shadow, the two faces of the mirror. */
  readonly groups: CutoverGroups;
  /** Existing listeners of one load balancer; the rules are made here. @default - `rules` are given */
  readonly listeners?: readonly CutoverListener[];
  /** Rules made elsewhere. @default - made on `listeners` */
  readonly rules?: readonly WeightedRule[];
  /** ECS services, so that capacity is held and finally removed. @default - capacity is left alone */
  readonly services?: { readonly stable: ServiceRef; readonly candidate: ServiceRef };
  /** The table of `ledgerTable()`, when it must outlive this construct or exist before it. @default - a new one, retained */
  readonly ledger?: ITableV2;
  /** The plan that executions will be started with: alarm thresholds and the retention of captures follow from it. @default {} */
  readonly plan?: PlanInput;
  /** Overrides of the thresholds that follow from the plan. @default - none */
  readonly thresholds?: Partial<AlarmThresholds>;
  /** How long captures are kept, in whole days. @default - as long as the plan can take, its retention included */
  readonly shadowLogRetention?: Duration;
  /** Where status messages and alarms go. @default - a new topic, encrypted by a key of its own, that takes TLS only */
  readonly topic?: ITopic;
  /** Chats and pagers to notify of the cutover. @default - only the topic's own subscriptions */
  readonly chat?: ChatChannels;
  /** Load and chaos while mirroring: a function that gets `{cutoverId, seconds}`. @default - none, the phase only observes */
  readonly exerciseFunctionArn?: string;
  /**
   * Where a plan's metrics are read outside CloudWatch, by the names that its queries use: the functions that read them get the secrets
   * and the functions named here, and no others. @default - CloudWatch alone
   */
  readonly metricProviders?: Readonly<Record<string, MetricProviderInput>>;
  /**
   * Executions of the rollback function that nobody else in the account can take, 1 to 100. AWS refuses to reserve what would
   * leave the account fewer than its minimum. @default - none reserved, the function shares the account's concurrency
   */
  readonly rollbackConcurrency?: number;
  /** ARN of a managed policy that bounds every role made here, as many organisations demand. @default - no boundary */
  readonly permissionsBoundaryArn?: string;
  /** Tags of everything made here that takes tags. @default - none */
  readonly tags?: Readonly<Record<string, string>>;
  /** Base address of a runbook of your own, which alarms and messages link. @default - a dashboard of text in this account, with the real names */
  readonly runbookUrl?: string;
}
