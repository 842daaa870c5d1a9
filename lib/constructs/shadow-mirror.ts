import { Annotations, Duration, RemovalPolicy } from 'aws-cdk-lib';
import { CfnSecurityGroupIngress, type IConnectable, type IVpc, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import {
  CpuArchitecture,
  Secret as EcsSecret,
  FargateService,
  FargateTaskDefinition,
  type ICluster,
  LogDrivers,
  OperatingSystemFamily,
} from 'aws-cdk-lib/aws-ecs';
import type { ApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { DeliveryStream } from 'aws-cdk-lib/aws-kinesisfirehose';
import { type ILogGroup, LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { mirrorImage } from '../assets/index.ts';
import { acknowledge } from './acknowledge.ts';
import { addCollector, OTLP_ENDPOINT } from './otel-collector.ts';

/** A task that is told to go answers for as long as the load balancer may take to hear of it, then ends what is under way. */
const DRAIN_DELAY = Duration.seconds(20);
const STOP_TIMEOUT = Duration.seconds(120);
/** In the customers' path: two tasks in two zones at least. */
const MIN_TASKS = 2;
const MAX_TASKS = 20;

export const GATEWAY_PORT = 8080;
export const MIRROR_PORTS = { forward: 8081, reverse: 8082, health: 8083 } as const;
/** Where a face of the mirror says that it serves and that its primary can be reached. */
export const MIRROR_HEALTH = {
  forward: { port: MIRROR_PORTS.health, path: '/readyz/forward' },
  reverse: { port: MIRROR_PORTS.health, path: '/readyz/reverse' },
} as const;

export interface ShadowMirrorProps {
  readonly ingressId: string;
  readonly vpc: IVpc;
  readonly cluster: ICluster;
  /** The load balancer, or its security group: the mirror answers nobody else. */
  readonly loadBalancer: IConnectable;
  readonly forward: ApplicationTargetGroup;
  readonly reverse: ApplicationTargetGroup;
  /** Where the stable side and the candidate answer within the VPC, such as `http://stable.gateway.internal:8080`. */
  readonly stableUrl: string;
  readonly candidateUrl: string;
  /** Both sides: the mirror may reach their tasks on `gatewayPort`. */
  readonly sides: readonly IConnectable[];
  readonly gatewayPort: number;
  /** Captured pairs go here. */
  readonly stream: DeliveryStream;
  /** Route templates by which parity is signed off, such as `/items/{id}`. @default - the first segment of the path */
  readonly routes?: readonly string[];
  /** Asked of a face's primary for the mirror's readiness; any answer below 500 will do. @default '/healthz' */
  readonly healthPath?: string;
  readonly copies?: MirrorCopies;
  readonly redaction?: MirrorRedaction;
  /**
   * What the mirror's image is built on, by digest, such as `gcr.io/distroless/nodejs24-debian12@sha256:…`.
   * @default - by tag, with a warning: a tag can be moved to another image
   */
  readonly baseImage?: string;
  /**
   * The OpenTelemetry collector, by digest, such as `public.ecr.aws/aws-observability/aws-otel-collector@sha256:…`.
   * @default - by tag, with a warning
   */
  readonly collectorImage?: string;
}

/** Which requests are copied, and how much a copy may cost. docs/explanation/mirror.md says what each means. */
export interface MirrorCopies {
  /** Share of the requests through the mirror, 0 to 1. @default 1 */
  readonly sampleRate?: number;
  /** Requests with side effects that may be copied to the candidate, such as `POST /search`. @default - safe methods only */
  readonly allow?: readonly string[];
  /**
   * Requests with side effects that the stable side may do a second time, for customers' real data: as copies of the reverse
   * face, and asked once more for the noise. @default - safe methods only
   */
  readonly allowStable?: readonly string[];
  /** Bytes of each body that are kept, 1,024 to 1,048,576; a request with a longer one is not copied. @default 262144 */
  readonly bodyCapBytes?: number;
  /** Copies under way at once, in each task. @default 64 */
  readonly maxInFlight?: number;
  /** What the other side has for its whole answer. @default 5 seconds */
  readonly deadline?: Duration;
  /** Share of the copies with which the stable side is asked once more, where it may be, to learn what varies by itself. @default 0 */
  readonly noiseRate?: number;
}

/** What is secret beyond docs/reference/redaction.md: its values are stored as keyed hashes. */
export interface MirrorRedaction {
  /** Header fields. @default - none but those of the list */
  readonly headers?: readonly string[];
  /** Names of parameters, JSON keys and XML names, in any case. @default - none but those of the list */
  readonly parameters?: readonly string[];
  /** JSON pointers with `*` for one segment and `**` for any number of them. @default - none */
  readonly jsonPointers?: readonly string[];
  /** Personal data that may stay readable in captures. @default - none */
  readonly keep?: readonly ('email' | 'phone' | 'card' | 'address')[];
}

/** The shadow mirror as a Fargate service: two faces, a health port that depends on neither candidate nor sink. */
export class ShadowMirror extends Construct {
  readonly service: FargateService;
  readonly logGroup: ILogGroup;
  readonly securityGroup: SecurityGroup;

  constructor(scope: Construct, id: string, props: ShadowMirrorProps) {
    super(scope, id);
    validate(props);
    for (const name of ['baseImage', 'collectorImage'] as const)
      if (props[name] === undefined)
        Annotations.of(this).addWarningV2(
          `crossfade:${name}`,
          `${name} is named by tag, which can be moved: name it by digest.`,
        );
    this.logGroup = new LogGroup(this, 'Logs', {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    }) as ILogGroup;
    const redactionKey = new Secret(this, 'RedactionKey', {
      description: 'Key of the hashes that replace secrets in captures',
      generateSecretString: { passwordLength: 32, excludePunctuation: true },
    });
    acknowledge(
      redactionKey,
      'AwsSolutions-SMG4',
      'Hashes must be equal throughout a cutover; exchange the key between two of them',
    );
    const taskDefinition = new FargateTaskDefinition(this, 'Task', {
      cpu: 1024,
      memoryLimitMiB: 2048,
      runtimePlatform: { cpuArchitecture: CpuArchitecture.ARM64, operatingSystemFamily: OperatingSystemFamily.LINUX },
    });
    taskDefinition.addContainer('mirror', {
      image: mirrorImage(props.baseImage),
      environment: {
        CROSSFADE_INGRESS: props.ingressId,
        MIRROR_STABLE_URL: props.stableUrl,
        MIRROR_CANDIDATE_URL: props.candidateUrl,
        MIRROR_FORWARD_PORT: String(MIRROR_PORTS.forward),
        MIRROR_REVERSE_PORT: String(MIRROR_PORTS.reverse),
        MIRROR_HEALTH_PORT: String(MIRROR_PORTS.health),
        MIRROR_SINK: `firehose:${props.stream.deliveryStreamName}`,
        MIRROR_ROUTES: (props.routes ?? []).join(','),
        MIRROR_PRIMARY_HEALTH_PATH: props.healthPath ?? '/healthz',
        MIRROR_DRAIN_DELAY_MS: String(DRAIN_DELAY.toMilliseconds()),
        MIRROR_DRAIN_MS: String(STOP_TIMEOUT.minus(DRAIN_DELAY).minus(Duration.seconds(10)).toMilliseconds()),
        ...copyEnvironment(props.copies ?? {}),
        ...redactionEnvironment(props.redaction ?? {}),
        OTEL_SERVICE_NAME: 'crossfade-mirror',
        OTEL_EXPORTER_OTLP_ENDPOINT: OTLP_ENDPOINT,
      },
      secrets: { MIRROR_REDACTION_KEY: EcsSecret.fromSecretsManager(redactionKey as ISecret) },
      logging: LogDrivers.awsLogs({ streamPrefix: 'mirror', logGroup: this.logGroup }),
      portMappings: Object.values(MIRROR_PORTS).map((containerPort) => ({ containerPort })),
      readonlyRootFilesystem: true,
      stopTimeout: STOP_TIMEOUT,
    });
    addCollector(taskDefinition, this.logGroup, props.collectorImage);
    props.stream.grantPutRecords(taskDefinition.taskRole);
    this.securityGroup = new SecurityGroup(this, 'SecurityGroup', { vpc: props.vpc, description: 'Shadow mirror' });
    for (const port of Object.values(MIRROR_PORTS))
      this.securityGroup.connections.allowFrom(props.loadBalancer, Port.tcp(port), 'Load balancer');
    this.#reach(props.sides, props.gatewayPort);
    this.service = new FargateService(this, 'Service', {
      cluster: props.cluster,
      taskDefinition,
      desiredCount: MIN_TASKS,
      minHealthyPercent: 100,
      circuitBreaker: { rollback: true },
      securityGroups: [this.securityGroup],
    });
    props.forward.addTarget(
      this.service.loadBalancerTarget({ containerName: 'mirror', containerPort: MIRROR_PORTS.forward }),
    );
    props.reverse.addTarget(
      this.service.loadBalancerTarget({ containerName: 'mirror', containerPort: MIRROR_PORTS.reverse }),
    );
    this.service
      .autoScaleTaskCount({ minCapacity: MIN_TASKS, maxCapacity: MAX_TASKS })
      .scaleOnCpuUtilization('Cpu', { targetUtilizationPercent: 40 });
  }

  /** The rules stand here and not beside the sides' groups: their stack must not depend on the mirror's. */
  #reach(sides: readonly IConnectable[], port: number): void {
    for (const [n, side] of sides.entries()) {
      for (const [i, group] of side.connections.securityGroups.entries()) {
        new CfnSecurityGroupIngress(this, `ToSide${n}${i}`, {
          groupId: group.securityGroupId,
          sourceSecurityGroupId: this.securityGroup.securityGroupId,
          ipProtocol: 'tcp',
          fromPort: port,
          toPort: port,
          description: 'Shadow mirror',
        });
      }
    }
  }
}

/** @throws RangeError that names the property; the mirror itself would say so only once it is deployed. */
function validate(props: ShadowMirrorProps): void {
  const { copies = {}, redaction = {}, routes = [], healthPath = '/' } = props;
  const check = (ok: boolean, name: string, must: string) => {
    if (!ok) throw new RangeError(`ShadowMirror: ${name} must be ${must}`);
  };
  const isShare = (value = 0) => value >= 0 && value <= 1;
  check(isShare(copies.sampleRate), 'copies.sampleRate', 'from 0 to 1');
  check(isShare(copies.noiseRate), 'copies.noiseRate', 'from 0 to 1');
  const { bodyCapBytes = 1_024, maxInFlight = 1 } = copies;
  check(bodyCapBytes >= 1_024 && bodyCapBytes <= 1_048_576, 'copies.bodyCapBytes', 'from 1,024 to 1,048,576');
  check(maxInFlight >= 1 && maxInFlight <= 10_000, 'copies.maxInFlight', 'from 1 to 10,000');
  const all = (values: readonly string[] = [], item: RegExp) => values.every((value) => item.test(value));
  for (const name of ['allow', 'allowStable'] as const)
    check(
      all(copies[name], /^[A-Z]+ \/[^\s,]*$/),
      `copies.${name}`,
      'methods with path templates, such as `POST /search`',
    );
  check(all(redaction.headers, /^[\w-]+$/), 'redaction.headers', 'field names');
  check(all(redaction.parameters, /^[\w.-]+$/), 'redaction.parameters', 'parameter names');
  check(all(redaction.jsonPointers, /^\/[^\s,]*$/), 'redaction.jsonPointers', 'JSON pointers, such as `/user/email`');
  for (const name of ['baseImage', 'collectorImage'] as const)
    check(
      /@sha256:[0-9a-f]{64}$/.test(props[name] ?? `@sha256:${'0'.repeat(64)}`),
      name,
      'an image by digest, such as `name@sha256:…`',
    );
  check(all([...routes, healthPath], /^\/[^\s,]*$/), 'routes and healthPath', 'paths without spaces or commas');
}

function copyEnvironment({
  sampleRate,
  allow,
  allowStable,
  bodyCapBytes,
  maxInFlight,
  deadline,
  noiseRate,
}: MirrorCopies) {
  return given({
    MIRROR_SAMPLE_RATE: sampleRate,
    MIRROR_NOISE_RATE: noiseRate,
    MIRROR_COPY_ALLOW: allow?.join(','),
    MIRROR_COPY_ALLOW_STABLE: allowStable?.join(','),
    MIRROR_BODY_CAP: bodyCapBytes,
    MIRROR_MAX_COPIES: maxInFlight,
    MIRROR_COPY_DEADLINE_MS: deadline?.toMilliseconds(),
  });
}

function redactionEnvironment({ headers, parameters, jsonPointers, keep }: MirrorRedaction) {
  return given({
    MIRROR_REDACT_HEADERS: headers?.join(','),
    MIRROR_REDACT_PARAMETERS: parameters?.join(','),
    MIRROR_REDACT_JSON: jsonPointers?.join(','),
    MIRROR_REDACT_KEEP: keep?.join(','),
  });
}

function given(values: Readonly<Record<string, string | number | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );
}
