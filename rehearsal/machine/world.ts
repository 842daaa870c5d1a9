/**
 * What the parts of the local cloud share: the load balancer's state, and the place where metrics go.
 *
 * The ELBv2 endpoint writes {@link LoadBalancerModel}; the data plane reads it for every request. So a `ModifyRule`
 * that the very same adapter sends to AWS moves real local traffic.
 */

import type { RuleConditions } from '../../core/listener/index.ts';

export interface MetricDatum {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly value: number;
  /** Simulated time of the sample, in milliseconds since the epoch. */
  readonly at: number;
}

/** Receives the samples of the data plane, the mirror and the gateways (through EMF). */
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
    /** For example `200` or `200-299`. */
    readonly matcher: string;
  };
  readonly targets: Target[];
  /** For example `stickiness.enabled`. */
  readonly attributes?: Readonly<Record<string, string>>;
  /** @default HTTP1 */
  readonly protocolVersion?: string;
  /** @default the model's own */
  readonly loadBalancerArn?: string;
}

export interface RuleModel {
  readonly arn: string;
  /** Lower values take precedence; the listener's default rule has `Infinity`. */
  readonly priority: number;
  /** A missing condition is no restriction. */
  readonly conditions: Partial<RuleConditions>;
  /** @default none */
  readonly tags?: Readonly<Record<string, string>>;
  /**
   * Actions before the last one, such as a login, in ELBv2's format. They are stored and returned; the data plane
   * requires no login.
   */
  readonly guards?: readonly object[];
  /** Replaced as a whole by ModifyRule, as on AWS. */
  forward: {
    readonly groups: readonly { readonly targetGroupArn: string; readonly weight: number }[];
    readonly stickiness: { readonly enabled: boolean; readonly durationSeconds: number };
  };
}

export interface LoadBalancerModel {
  readonly arn: string;
  /** CloudWatch dimension value: `app/<name>/<id>`. */
  readonly fullName: string;
  /** For example `routing.http.desync_mitigation_mode`. */
  readonly attributes?: Readonly<Record<string, string>>;
  readonly rules: Map<string, RuleModel>;
  readonly targetGroups: Map<string, TargetGroupModel>;
}
