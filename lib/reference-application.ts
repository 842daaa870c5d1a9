/** The reference application: a load balancer, the two example gateways, the mirror, and the cutover between them. */
import type { App } from 'aws-cdk-lib';
import type { ICluster } from 'aws-cdk-lib/aws-ecs';
import type { PlanInput } from '../core/model/index.ts';
import type { Side } from '../sides/index.ts';
import { stackName } from './stack-name.ts';
import { CutoverStack, GatewaysStack, IngressStack, ObservabilityStack, ShadowStack } from './stacks/index.ts';

export interface ReferenceOptions {
  readonly ingressId: string;
  /** ACM certificate of the listener. @default - plain HTTP, only for a trial */
  readonly certificateArn?: string;
  /** @default {} */
  readonly plan?: PlanInput;
}

/** The cohort of a plan in this application: customers never send this field by themselves. */
const TESTERS = { header: { name: 'X-Crossfade-Tester', values: ['yes'] } } as const;

/** Five stacks, deployed in the order below; each is named after the ingress. */
export function referenceApplication(app: App, { ingressId, certificateArn, plan = {} }: ReferenceOptions): void {
  const named = (id: string) => ({ stackName: stackName(id, ingressId) });
  const ingress = new IngressStack(app, 'CrossfadeIngress', {
    ...named('CrossfadeIngress'),
    ingressId,
    ...(certificateArn === undefined ? {} : { certificateArn }),
    ...(plan.cohort === undefined ? {} : { cohort: TESTERS }),
  });
  const gateways = new GatewaysStack(app, 'CrossfadeGateways', {
    ...named('CrossfadeGateways'),
    ingressId,
    vpc: ingress.vpc,
    loadBalancer: ingress.loadBalancer,
    stable: ingress.groups.stable,
    candidate: ingress.groups.candidate,
  });
  const service = (side: Side) => ({
    cluster: gateways.cluster.clusterName,
    service: gateways[side].serviceName,
  });
  const { cutover } = new CutoverStack(app, 'CrossfadeCutover', {
    ...named('CrossfadeCutover'),
    cutover: {
      ingressId,
      groups: ingress.groups,
      rules: ingress.rules,
      services: { stable: service('stable'), candidate: service('candidate') },
      ledger: ingress.ledger,
      plan,
    },
  });
  const shadow = new ShadowStack(app, 'CrossfadeShadow', {
    stack: named('CrossfadeShadow'),
    ingressId,
    vpc: ingress.vpc,
    cluster: gateways.cluster as ICluster,
    loadBalancer: ingress.loadBalancer,
    forward: ingress.groups.mirrorForward,
    reverse: ingress.groups.mirrorReverse,
    sides: [gateways.stable, gateways.candidate],
    urls: gateways.urls,
    stream: cutover.parity.stream,
  });
  new ObservabilityStack(app, 'CrossfadeObservability', {
    ...named('CrossfadeObservability'),
    ingressId,
    logGroups: {
      stable: gateways.logGroups.stable,
      candidate: gateways.logGroups.candidate,
      mirror: shadow.mirror.logGroup,
    },
  });
}
