import { Stack, type StackProps } from 'aws-cdk-lib';
import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import type { FargateService, ICluster } from 'aws-cdk-lib/aws-ecs';
import type { ApplicationLoadBalancer, ApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { DeliveryStream } from 'aws-cdk-lib/aws-kinesisfirehose';
import type { Construct } from 'constructs';
import type { Side } from '../../sides/index.ts';
import { GATEWAY_PORT, ShadowMirror } from '../mirror/index.ts';

export interface ShadowStackProps {
  /** The stack's own. */
  readonly stack: StackProps;
  readonly ingressId: string;
  readonly vpc: IVpc;
  readonly cluster: ICluster;
  readonly loadBalancer: ApplicationLoadBalancer;
  readonly forward: ApplicationTargetGroup;
  readonly reverse: ApplicationTargetGroup;
  readonly sides: readonly FargateService[];
  readonly urls: Readonly<Record<Side, string>>;
  readonly stream: DeliveryStream;
}

/** The mirror of the reference application. */
export class ShadowStack extends Stack {
  readonly mirror: ShadowMirror;

  constructor(scope: Construct, id: string, { stack, urls, ...props }: ShadowStackProps) {
    super(scope, id, stack);
    this.mirror = new ShadowMirror(this, 'Mirror', {
      ...props,
      gatewayPort: GATEWAY_PORT,
      stableUrl: urls.stable,
      candidateUrl: urls.candidate,
      routes: ['/items', '/items/{id}', '/orders/{id}'],
    });
  }
}
