/**
 * What the parts of the local cloud share: compressed time, the load balancer's state, and the place where metrics go.
 *
 * The ELBv2 endpoint writes {@link LoadBalancerModel}; the data plane reads it for every request. So a `ModifyRule` that
 * the very same adapter sends to AWS moves real local traffic.
 */

import type { RuleConditions } from '../../core/listener/index.ts';

/** Time as AWS would see it. One real second lasts `speed` virtual seconds. */
export interface VirtualClock {
  /** Virtual time, milliseconds since the epoch. */
  now(): number;
  /** Virtual seconds per real second, ≥ 1. */
  readonly speed: number;
  /** Real milliseconds that `virtualMs` last. */
  toRealMs(virtualMs: number): number;
  /** The virtual instant of a real one, both milliseconds since the epoch. */
  virtualAt(real: number): number;
}

export interface MetricDatum {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly value: number;
  /** Virtual time of the sample, milliseconds since the epoch. */
  readonly at: number;
}

/** Where the data plane, the mirror and the gateways (by EMF) put their samples. */
export interface MetricSink {
  record(datum: MetricDatum): void;
}

export type TargetHealth = 'initial' | 'healthy' | 'unhealthy' | 'draining';

export interface Target {
  readonly host: string;
  readonly port: number;
  health: TargetHealth;
}

export interface TargetGroupModel {
  readonly arn: string;
  /** CloudWatch dimension value: `targetgroup/<name>/<id>`. */
  readonly fullName: string;
  readonly healthCheck: {
    readonly path: string;
    readonly intervalSeconds: number;
    readonly timeoutSeconds: number;
    readonly healthyThreshold: number;
    readonly unhealthyThreshold: number;
    /** Such as `200` or `200-299`. */
    readonly matcher: string;
  };
  readonly targets: Target[];
  /** Such as `stickiness.enabled`. */
  readonly attributes?: Readonly<Record<string, string>>;
  /** @default HTTP1 */
  readonly protocolVersion?: string;
  /** @default the model's own */
  readonly loadBalancerArn?: string;
}

export interface RuleModel {
  readonly arn: string;
  /** Lower wins; the listener's default rule is `Infinity`. */
  readonly priority: number;
  /** What is absent demands nothing. */
  readonly conditions: Partial<RuleConditions>;
  /** @default none */
  readonly tags?: Readonly<Record<string, string>>;
  /** Actions before the last one, such as a login, as ELBv2 spells them. Kept and told; the data plane asks nobody to log in. */
  readonly guards?: readonly object[];
  /** Replaced as a whole by ModifyRule, as AWS does. */
  forward: {
    readonly groups: readonly { readonly targetGroupArn: string; readonly weight: number }[];
    readonly stickiness: { readonly enabled: boolean; readonly durationSeconds: number };
  };
}

export interface LoadBalancerModel {
  readonly arn: string;
  /** CloudWatch dimension value: `app/<name>/<id>`. */
  readonly fullName: string;
  /** Such as `routing.http.desync_mitigation_mode`. */
  readonly attributes?: Readonly<Record<string, string>>;
  readonly rules: Map<string, RuleModel>;
  readonly targetGroups: Map<string, TargetGroupModel>;
}
