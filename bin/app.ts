/** The CDK application that `cdk deploy` deploys: the reference ingress, the two gateways, the cutover. */
import { App } from 'aws-cdk-lib';
import type { ICluster } from 'aws-cdk-lib/aws-ecs';
import { CutoverStack } from '../lib/stacks/cutover-stack.ts';
import { GatewaysStack } from '../lib/stacks/gateways-stack.ts';
import { IngressStack } from '../lib/stacks/ingress-stack.ts';
import { ShadowStack } from '../lib/stacks/shadow-stack.ts';

const app = new App();
const ingressId = String(app.node.tryGetContext('ingressId') ?? 'gateway');
const certificateArn: unknown = app.node.tryGetContext('certificateArn');

const ingress = new IngressStack(app, 'CrossfadeIngress', {
  ingressId,
  ...(typeof certificateArn === 'string' ? { certificateArn } : {}),
});
const { stable, candidate, tapForward, tapReverse } = ingress.groups;
const gateways = new GatewaysStack(app, 'CrossfadeGateways', {
  vpc: ingress.vpc,
  loadBalancer: ingress.loadBalancer,
  stable,
  candidate,
});
const ref = (group: typeof stable) => ({ arn: group.targetGroupArn, fullName: group.targetGroupFullName });
const service = (which: 'stable' | 'candidate') => ({
  cluster: gateways.cluster.clusterName,
  service: gateways[which].serviceName,
});

const cutover = new CutoverStack(app, 'CrossfadeCutover', {
  cutover: {
    ingressId,
    loadBalancerFullName: ingress.loadBalancer.loadBalancerFullName,
    rules: ingress.rules,
    stable: ref(stable),
    candidate: ref(candidate),
    tap: { forward: ref(tapForward), reverse: ref(tapReverse) },
    services: { stable: service('stable'), candidate: service('candidate') },
    ledger: ingress.ledger,
  },
});

new ShadowStack(app, 'CrossfadeShadow', {
  ingressId,
  vpc: ingress.vpc,
  cluster: gateways.cluster as ICluster,
  loadBalancer: ingress.loadBalancer,
  forward: tapForward,
  reverse: tapReverse,
  sides: [gateways.stable, gateways.candidate],
  urls: gateways.urls,
  stream: cutover.cutover.parity.stream,
});

app.synth();
