/** The props of a `DualStackCutover`. */
import type { Duration } from 'aws-cdk-lib';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { MetricProviderInput, PlanInput } from '../../core/model/index.ts';
import type { AlarmThresholds } from '../alarms/index.ts';
import type { CohortProps, CutoverGroups, ListenerRef, RuleMatch, WeightedRule } from '../listener/index.ts';
import type { ChatChannels } from '../notices/index.ts';

/** An ECS service, by name. */
export interface ServiceRef {
  /** Name of the ECS cluster. */
  readonly cluster: string;
  /** Name of the ECS service. */
  readonly service: string;
}

/** A listener on which the cutover creates its rules. */
export interface CutoverListener extends RuleMatch {
  /** The listener itself, or its ARN. */
  readonly listener: ListenerRef;
  /**
   * Priority of the first rule; with a mirror, a second rule takes the next number. It must precede the rules that
   * serve this traffic now, and no others: if the new rule would take requests from a rule that does not simply forward
   * to the stable group, its creation is refused.
   */
  readonly priority: number;
  /**
   * Testers whom the candidate may answer before the first stage (the plan's `cohort`), by a rule of their own. Without
   * a run, in the stages and after a rollback, that rule forwards like the others.
   * @default - no cohort
   */
  readonly cohort?: CohortProps & {
    /** Priority of that rule; must be a smaller number than `priority`. */
    readonly priority: number;
  };
}

export interface DualStackCutoverProps {
  /** Name of the ingress, used in the names of alarms and functions: 1 to 40 letters, digits, - and _. */
  readonly ingressId: string;
  /** The two sides and, for a shadow, the two faces of the mirror. */
  readonly groups: CutoverGroups;
  /** Existing listeners of one load balancer, on which the rules are created. @default - `rules` are given */
  readonly listeners?: readonly CutoverListener[];
  /** Rules that were created elsewhere. @default - created on `listeners` */
  readonly rules?: readonly WeightedRule[];
  /** ECS services, so that capacity is pinned and finally removed. @default - capacity is left alone */
  readonly services?: { readonly stable: ServiceRef; readonly candidate: ServiceRef };
  /**
   * The table of `ledgerTable()`, if it must outlive this construct or exist before it.
   * @default - a new one, retained
   */
  readonly ledger?: ITableV2;
  /**
   * The plan with which executions will be started; alarm thresholds and the retention of captures follow from it.
   * @default {}
   */
  readonly plan?: PlanInput;
  /** Overrides of the thresholds that follow from the plan. @default - none */
  readonly thresholds?: Partial<AlarmThresholds>;
  /** How long captures are kept, in whole days. @default - as long as the plan can take, including its retention */
  readonly shadowLogRetention?: Duration;
  /** Receives status messages and alarms. @default - a new topic, encrypted with a key of its own, that requires TLS */
  readonly topic?: ITopic;
  /** Chats and pagers to notify about the cutover. @default - only the topic's own subscriptions */
  readonly chat?: ChatChannels;
  /**
   * A function for load and chaos tests while mirroring, which is invoked with `{cutoverId, seconds}`.
   * @default - none; the phase only observes
   */
  readonly exerciseFunctionArn?: string;
  /**
   * Sources of a plan's metrics outside CloudWatch, by the names that its queries use. Only the functions that read
   * metrics get access to the secrets and functions named here.
   * @default - only CloudWatch
   */
  readonly metricProviders?: Readonly<Record<string, MetricProviderInput>>;
  /**
   * Executions of the rollback function that are reserved for it, 1 to 100. AWS refuses a reservation that would leave
   * the account less than its minimum.
   * @default - none reserved; the function shares the account's concurrency
   */
  readonly rollbackConcurrency?: number;
  /**
   * ARN of a managed policy that limits every role created here (permissions boundary), as many organisations require.
   * @default - no boundary
   */
  readonly permissionsBoundaryArn?: string;
  /** Tags for everything created here that supports tags. @default - none */
  readonly tags?: Readonly<Record<string, string>>;
  /**
   * Base address of your own runbook, to which alarms and messages link.
   * @default - a dashboard of text in this account, with the real names
   */
  readonly runbookUrl?: string;
}
