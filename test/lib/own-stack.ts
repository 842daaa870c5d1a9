/** A user's stack that contains a cutover around the user's own constructs. */
import { type Environment, Stack } from 'aws-cdk-lib';
import { type IVpc, Vpc } from 'aws-cdk-lib/aws-ec2';
import {
  ApplicationListener,
  ApplicationLoadBalancer,
  ApplicationProtocol,
  ApplicationTargetGroup,
  type ApplicationTargetGroupProps,
  ListenerAction,
  NetworkLoadBalancer,
  NetworkTargetGroup,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { DualStackCutoverProps } from '../../lib/cutover/cutover-props.ts';
import { DualStackCutover } from '../../lib/cutover/dual-stack-cutover.ts';
import { tellOperators } from '../../lib/operators/outputs.ts';
import { templatesOnly } from '../support/cdk-app.ts';
import { ATTACHMENT } from './attachment.ts';

export const ENV = { region: 'eu-west-1', account: '123456789012' };
export const ELSEWHERE = { ...ENV, region: 'us-east-1' };
export const listenerArn = ATTACHMENT.listeners[1]?.arn ?? '';
export const groupRef = (targetGroupArn: string) => ({ targetGroupArn });
const GROUPS = { stable: groupRef(ATTACHMENT.groups.stable), candidate: groupRef(ATTACHMENT.groups.candidate) };
export const PROPS: DualStackCutoverProps = {
  ingressId: 'shop',
  listeners: [{ listener: { listenerArn }, priority: 5 }],
  groups: GROUPS,
};

export type Own = (stack: Stack, other: (env: Environment) => Stack) => Partial<DualStackCutoverProps>;

/** Returns a user's stack with a cutover around what `own` creates in it or in another stack. */
export function stackWith(own: Own): Stack {
  const app = templatesOnly();
  const stack = new Stack(app, 'Theirs', { env: ENV });
  const other = (env: Environment) => new Stack(app, 'Other', { env });
  const cutover = new DualStackCutover(stack, 'Cutover', { ...PROPS, ...own(stack, other) });
  tellOperators(stack, cutover);
  return stack;
}

export const vpcOf = (stack: Stack) => new Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 0 }) as IVpc;
export const groupIn = (stack: Stack, props: ApplicationTargetGroupProps = {}, vpc = vpcOf(stack)) =>
  new ApplicationTargetGroup(stack, 'Group', { vpc, port: 80, ...props });
export const withStable = (stable: DualStackCutoverProps['groups']['stable']) => ({ groups: { ...GROUPS, stable } });
export const listening = (given: object) => ({ listeners: [{ listener: { listenerArn }, priority: 5, ...given }] });
export const redirecting = (stack: Stack) =>
  new ApplicationListener(stack, 'Redirect', {
    loadBalancer: new ApplicationLoadBalancer(stack, 'Balancer', { vpc: vpcOf(stack) }),
    protocol: ApplicationProtocol.HTTP,
    open: false,
    defaultAction: ListenerAction.redirect({ protocol: 'HTTPS', port: '443' }),
  });
export const networkListener = (stack: Stack) => {
  const vpc = vpcOf(stack);
  const group = new NetworkTargetGroup(stack, 'Group', { vpc, port: 80 });
  return new NetworkLoadBalancer(stack, 'Balancer', { vpc }).addListener('Listener', {
    port: 80,
    defaultTargetGroups: [group],
  });
};
