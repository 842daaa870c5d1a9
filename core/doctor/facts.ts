/** The facts that the doctor has collected about an account. Collecting them is read-only. */

import type { Side } from '../../sides/index.ts';
import type { ListenerRule, NewRule } from '../listener/index.ts';
import type { AlarmReading, GroupRole, TargetHealthCounts } from '../model/index.ts';

export interface ListenerFacts {
  readonly arn: string;
  /** null if the listener does not exist. */
  readonly loadBalancerArn: string | null;
  readonly rules: readonly ListenerRule[];
}

export interface BalancerFacts {
  readonly arn: string;
  /** `routing.http.desync_mitigation_mode`; null if the load balancer has no such attribute. */
  readonly desync: string | null;
}

/** A rule that a deployment will create. */
export interface PlannedRule {
  readonly listenerArn: string;
  /** The rule whose conditions and guards it copies. */
  readonly likeRuleArn: string | null;
  readonly rule: NewRule;
}

export interface GroupFacts {
  readonly role: GroupRole;
  readonly arn: string;
  /** null if the group does not exist. */
  readonly found: {
    readonly loadBalancerArns: readonly string[];
    readonly targetType: string;
    readonly protocol: string;
    readonly protocolVersion: string;
    /** Stickiness of the group's own targets (not of the rule). */
    readonly sticky: boolean;
    readonly health: TargetHealthCounts;
  } | null;
}

export type Tags = Readonly<Record<string, string>>;

export interface ServiceFacts {
  readonly side: Side | 'mirror';
  readonly name: string;
  /** null if the service does not exist. */
  readonly found: {
    readonly status: string;
    /** ECS, CODE_DEPLOY or EXTERNAL. */
    readonly controller: string;
    /** ROLLING, BLUE_GREEN, LINEAR or CANARY. */
    readonly strategy: string;
    readonly desired: number;
    readonly running: number;
    /** Names of scheduled scaling actions. */
    readonly scheduled: readonly string[];
  } | null;
}

export interface Quota {
  readonly name: string;
  readonly used: number;
  /** null if the service did not report it. */
  readonly limit: number | null;
}

export interface TopicFacts {
  readonly arn: string;
  /** null if the topic does not exist. */
  readonly found: {
    readonly policy: unknown;
    /** null if it is not encrypted with a key of the account. */
    readonly keyPolicy: unknown;
    readonly confirmed: number;
    readonly pending: number;
  } | null;
}

export interface FunctionFacts {
  /** The ARN with its version, as the state machine names it. */
  readonly arn: string;
  readonly exists: boolean;
}

/** A role of one of the cutover's functions, or of the function that creates its rules. */
export interface RoleFacts {
  readonly role: string;
  /** How many pairs of action and resource were simulated. */
  readonly asked: number;
  /**
   * How many were not, because they are granted by wildcards or under conditions for which no request can be
   * constructed.
   */
  readonly unasked: number;
  readonly denied: readonly DeniedRight[];
}

export interface DeniedRight {
  readonly action: string;
  readonly resource: string;
  /** `implicitDeny` or `explicitDeny`, according to IAM's simulation. */
  readonly decision: string;
}

export interface RunbookFacts {
  readonly url: string;
  /** HTTP status; null if there is no answer. */
  readonly status: number | null;
}

export interface AlarmFacts {
  /** Every alarm that the deployment or the plan names. */
  readonly expected: readonly string[];
  readonly found: readonly AlarmReading[];
}

/** Facts that exist only once the stacks are deployed. */
export interface DeployedFacts {
  readonly ruleArns: readonly string[];
  readonly topic: TopicFacts | null;
  /** null if there is no state machine that would name any. */
  readonly functions: readonly FunctionFacts[] | null;
  readonly roles: readonly RoleFacts[];
  readonly runbook: RunbookFacts | null;
}

export interface Facts {
  readonly listeners: readonly ListenerFacts[];
  readonly balancers: readonly BalancerFacts[];
  /** Empty once they are deployed. */
  readonly planned: readonly PlannedRule[];
  /** Tags of the load balancer, the listeners and the groups. */
  readonly tagged: readonly { readonly arn: string; readonly tags: Tags }[];
  readonly groups: readonly GroupFacts[];
  readonly services: readonly ServiceFacts[];
  readonly quotas: readonly Quota[];
  /** This machine's clock minus AWS's, in seconds. */
  readonly clockSkew: number;
  readonly alarms: AlarmFacts;
  readonly deployed: DeployedFacts | null;
}
