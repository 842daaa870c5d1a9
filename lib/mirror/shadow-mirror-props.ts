/** The props of a `ShadowMirror`, and their shape. The mirror itself would report a wrong value only after deployment. */
import type { Duration } from 'aws-cdk-lib';
import type { IConnectable, IVpc } from 'aws-cdk-lib/aws-ec2';
import type { ICluster } from 'aws-cdk-lib/aws-ecs';
import type { ApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { DeliveryStream } from 'aws-cdk-lib/aws-kinesisfirehose';
import * as z from 'zod';
import {
  aDuration,
  anIngressId,
  knownNow,
  matching,
  numberFrom,
  type Shape,
  thatHas,
  wholeNumberFrom,
} from '../props/index.ts';
import { anEndpoint } from './endpoint.ts';
import type { MirrorCopies, MirrorRedaction, MirrorTaskProps } from './mirror-containers.ts';

export interface ShadowMirrorProps extends MirrorTaskProps {
  /** The VPC of both sides and the load balancer. */
  readonly vpc: IVpc;
  /** The cluster of the mirror's service. */
  readonly cluster: ICluster;
  /** The load balancer, or its security group; the mirror answers nobody else. */
  readonly loadBalancer: IConnectable;
  /** Group of the face that answers from stable; IP targets. */
  readonly forward: ApplicationTargetGroup;
  /** Group of the face that answers from the candidate; IP targets. */
  readonly reverse: ApplicationTargetGroup;
  /** Both sides, whose tasks the mirror may reach on `gatewayPort`. */
  readonly sides: readonly IConnectable[];
  /** The port on which both sides answer. */
  readonly gatewayPort: number;
}

const aShare = knownNow(numberFrom(0, 1));
const aPath = knownNow(matching(/^\/[^\s,]*$/, 'a path without spaces or commas'));
const anImage = knownNow(matching(/@sha256:[0-9a-f]{64}$/, 'an image by digest, such as `name@sha256:…`'));
const requests = z.array(
  knownNow(matching(/^[A-Z]+ \/[^\s,]*$/, 'a method with a path template, such as `POST /search`')),
);
const aGroup = thatHas<ApplicationTargetGroup>('an ApplicationTargetGroup of this app', 'targetGroupArn', 'addTarget');
const connectable = thatHas<IConnectable>(
  'a load balancer, a service or another thing with connections',
  'connections',
);
const LONGEST_IDLE = 4_100;
const inSeconds = (duration: Duration) => duration.toSeconds({ integral: false });
const keepAlive = aDuration.refine((idle) => inSeconds(idle) >= 1 && inSeconds(idle) <= LONGEST_IDLE, {
  error: 'must be from 1 to 4,100 seconds',
});

const deadline = aDuration.refine((limit) => inSeconds(limit) >= 0.01 && inSeconds(limit) <= 60, {
  error: 'must be from 10 milliseconds to 60 seconds',
});

const copies = z.strictObject({
  sampleRate: aShare.optional(),
  allow: requests.optional(),
  allowStable: requests.optional(),
  bodyCapBytes: knownNow(wholeNumberFrom(1_024, 1_048_576)).optional(),
  maxInFlight: wholeNumberFrom(1, 10_000).optional(),
  deadline: deadline.optional(),
  noiseRate: aShare.optional(),
} satisfies Shape<MirrorCopies>);

const redaction = z.strictObject({
  headers: z.array(matching(/^[\w-]+$/, 'the name of a header field')).optional(),
  parameters: z.array(matching(/^[\w.-]+$/, 'the name of a parameter')).optional(),
  jsonPointers: z.array(matching(/^\/[^\s,]*$/, 'a JSON pointer, such as `/user/email`')).optional(),
  keep: z.array(z.enum(['email', 'phone', 'card', 'address'])).optional(),
} satisfies Shape<MirrorRedaction>);

export const SHADOW_MIRROR_SHAPE: Shape<ShadowMirrorProps> = {
  ingressId: anIngressId,
  stableUrl: anEndpoint,
  candidateUrl: anEndpoint,
  stream: thatHas<DeliveryStream>('a DeliveryStream', 'deliveryStreamName', 'deliveryStreamArn'),
  routes: z.array(aPath).optional(),
  healthPath: aPath.optional(),
  keepAlive: keepAlive.optional(),
  copies: copies.optional(),
  redaction: redaction.optional(),
  envoyImage: anImage.optional(),
  baseImage: anImage.optional(),
  vpc: thatHas<IVpc>('a VPC', 'vpcId'),
  cluster: thatHas<ICluster>('an ECS cluster', 'clusterName'),
  loadBalancer: connectable,
  forward: aGroup,
  reverse: aGroup,
  sides: z.array(connectable),
  gatewayPort: wholeNumberFrom(1, 65_535),
};
