/** The containers of the mirror's task: Envoy, whose end ends the task, and the recorder, whose end does not. */
import { Duration } from 'aws-cdk-lib';
import { type ContainerDefinition, type FargateTaskDefinition, LogDrivers, type Secret } from 'aws-cdk-lib/aws-ecs';
import type { DeliveryStream } from 'aws-cdk-lib/aws-kinesisfirehose';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { type EnvoySettings, envoyBootstrap, PID_ONE } from '../../mirror/envoy/index.ts';
import { envoyImage, recorderImage } from '../assets/index.ts';
import { anEndpoint } from './endpoint.ts';

/** Ports for customers and for the load balancer. */
export const MIRROR_PORTS = { forward: 8081, reverse: 8082, health: 8083 } as const;
/** Loopback ports within the task, for Envoy and the recorder. */
const SHARED_PORTS = { recorder: 8084, admin: 8085, copy: { stable: 8086, candidate: 8087 } } as const;
/** Longer than a load balancer's default idle timeout of 60 seconds. */
const KEEP_ALIVE = Duration.seconds(75);
const DEFAULT_BODY_CAP = 262_144;
/** The part of the stop timeout that remains for the recorder's last batch. */
const LAST_BATCH = Duration.seconds(10);
/** The task has one CPU; a second worker uses what the recorder leaves. */
const ENVOY_WORKERS = 2;
/**
 * CPU shares for when both containers need it. Without shares ECS divides it evenly, and a busy recorder would delay
 * customers. The recorder gets what Envoy leaves
 * (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html#container_definition_environment).
 */
const SHARES = { envoy: 896, recorder: 128 } as const;

export interface MirrorTaskProps {
  /** Id of the ingress, as in `DualStackCutover`. */
  readonly ingressId: string;
  /** Address of stable within the VPC, such as `http://stable.gateway.internal:8080`. */
  readonly stableUrl: string;
  /** Address of the candidate within the VPC. */
  readonly candidateUrl: string;
  /** Receives the captures. */
  readonly stream: DeliveryStream;
  /** Route templates by which parity is signed off, such as `/items/{id}`. @default - the first segment of the path */
  readonly routes?: readonly string[];
  /** Path of the readiness check of a face's primary. Any answer below 500 counts as ready. @default '/healthz' */
  readonly healthPath?: string;
  /**
   * How long a customer's connection may be idle, up to 4,100 seconds. Longer than the load balancer's idle timeout, so
   * that the load balancer closes first.
   * @default 75 seconds
   */
  readonly keepAlive?: Duration;
  /** Which requests are copied, and how many. @default - all safe ones */
  readonly copies?: MirrorCopies;
  /** Secrets in addition to the built-in list, which is always redacted. @default - none */
  readonly redaction?: MirrorRedaction;
  /**
   * Image of Envoy, by digest, such as `docker.io/envoyproxy/envoy@sha256:…`; it must contain bash.
   * @default - version 1.39.3 by its digest
   */
  readonly envoyImage?: string;
  /**
   * Base image of the recorder, by digest, such as `gcr.io/distroless/nodejs24-debian12@sha256:…`.
   * @default - that image by its digest
   */
  readonly baseImage?: string;
}

/** Which requests are copied, and how much a copy may cost. docs/explanation/mirror.md explains each prop. */
export interface MirrorCopies {
  /** Share of the requests through the mirror that are copied, 0 to 1. @default 1 */
  readonly sampleRate?: number;
  /**
   * Requests with side effects that may be copied to the candidate, such as `POST /search`.
   * @default - safe methods only
   */
  readonly allow?: readonly string[];
  /**
   * Requests with side effects that stable may execute a second time with customers' real data: as copies of the
   * reverse face, and as second requests for control answers.
   * @default - safe methods only
   */
  readonly allowStable?: readonly string[];
  /**
   * How many bytes of each body are kept, 1,024 to 1,048,576; a request with a longer body is not copied.
   * @default 262144
   */
  readonly bodyCapBytes?: number;
  /** How many copies may be in progress at once in each task. @default 64 */
  readonly maxInFlight?: number;
  /** Deadline for the whole answer of the other side. @default 5 seconds */
  readonly deadline?: Duration;
  /**
   * Share of the copied requests, 0 to 1, for which stable is asked a second time, if permitted, to learn which values
   * vary by themselves.
   * @default 0
   */
  readonly noiseRate?: number;
}

/** Secrets in addition to docs/reference/redaction.md; their values are stored as keyed hashes. */
export interface MirrorRedaction {
  /** Header fields. @default - only those of the list */
  readonly headers?: readonly string[];
  /** Names of parameters, JSON keys and XML elements, case-insensitive. @default - only those of the list */
  readonly parameters?: readonly string[];
  /** JSON pointers with `*` for one segment and `**` for any number of them. @default - none */
  readonly jsonPointers?: readonly string[];
  /** Personal data that stays readable in captures. @default - none */
  readonly keep?: readonly ('email' | 'phone' | 'card' | 'address')[];
}

interface Around {
  readonly logGroup: ILogGroup;
  readonly stopTimeout: Duration;
  /** How long new connections are still accepted after the task was told to stop. */
  readonly drainDelay: Duration;
}

export function addEnvoy(task: FargateTaskDefinition, props: MirrorTaskProps & Around): ContainerDefinition {
  const { logGroup, stopTimeout, drainDelay } = props;
  const configuration = JSON.stringify(envoyBootstrap(envoySettings(props)));
  return task.addContainer('envoy', {
    image: envoyImage({ configuration, start: PID_ONE }, props.envoyImage),
    cpu: SHARES.envoy,
    environment: {
      ENVOY: '/usr/local/bin/envoy',
      INGRESS: props.ingressId,
      ADMIN_PORT: String(SHARED_PORTS.admin),
      DRAIN_DELAY_S: String(drainDelay.toSeconds()),
      DRAIN_S: String(drainTime(props).toSeconds()),
      CONCURRENCY: String(ENVOY_WORKERS),
    },
    logging: LogDrivers.awsLogs({ streamPrefix: 'envoy', logGroup }),
    portMappings: Object.values(MIRROR_PORTS).map((containerPort) => ({ containerPort })),
    readonlyRootFilesystem: true,
    stopTimeout,
  });
}

export function addRecorder(
  task: FargateTaskDefinition,
  props: MirrorTaskProps & Around & { readonly redactionKey: Secret },
): ContainerDefinition {
  const { logGroup, stopTimeout, drainDelay } = props;
  return task.addContainer('recorder', {
    image: recorderImage(props.baseImage),
    // Customers do not notice the end of a recorder; ECS restarts it while Envoy keeps running.
    essential: false,
    enableRestartPolicy: true,
    restartAttemptPeriod: Duration.seconds(60),
    cpu: SHARES.recorder,
    // Exceeding this limit ends only the recorder.
    memoryLimitMiB: RECORDER_MIB,
    environment: {
      CROSSFADE_INGRESS: props.ingressId,
      MIRROR_STABLE_URL: props.stableUrl,
      MIRROR_CANDIDATE_URL: props.candidateUrl,
      MIRROR_FORWARD_PORT: String(MIRROR_PORTS.forward),
      MIRROR_REVERSE_PORT: String(MIRROR_PORTS.reverse),
      MIRROR_HEALTH_PORT: String(MIRROR_PORTS.health),
      MIRROR_RECORDER_PORT: String(SHARED_PORTS.recorder),
      MIRROR_ADMIN_PORT: String(SHARED_PORTS.admin),
      MIRROR_COPY_STABLE_PORT: String(SHARED_PORTS.copy.stable),
      MIRROR_COPY_CANDIDATE_PORT: String(SHARED_PORTS.copy.candidate),
      MIRROR_SINK: `firehose:${props.stream.deliveryStreamName}`,
      MIRROR_ROUTES: (props.routes ?? []).join(','),
      MIRROR_PRIMARY_HEALTH_PATH: props.healthPath ?? '/healthz',
      MIRROR_DRAIN_DELAY_MS: String(drainDelay.toMilliseconds()),
      MIRROR_DRAIN_MS: String(drainTime(props).toMilliseconds()),
      ...copyEnvironment(props.copies ?? {}),
      ...redactionEnvironment(props.redaction ?? {}),
    },
    secrets: { MIRROR_REDACTION_KEY: props.redactionKey },
    logging: LogDrivers.awsLogs({ streamPrefix: 'recorder', logGroup }),
    readonlyRootFilesystem: true,
    stopTimeout,
  });
}

function drainTime({ stopTimeout, drainDelay }: Around): Duration {
  return stopTimeout.minus(drainDelay).minus(LAST_BATCH);
}

function envoySettings(props: MirrorTaskProps): EnvoySettings {
  const { copies = {} } = props;
  return {
    ingress: props.ingressId,
    sides: { stable: anEndpoint.parse(props.stableUrl), candidate: anEndpoint.parse(props.candidateUrl) },
    bind: '0.0.0.0',
    ports: { ...MIRROR_PORTS, ...SHARED_PORTS },
    sampleRate: copies.sampleRate ?? 1,
    bodyCap: copies.bodyCapBytes ?? DEFAULT_BODY_CAP,
    allowed: { candidate: requestsOf(copies.allow), stable: requestsOf(copies.allowStable) },
    healthPath: props.healthPath ?? '/healthz',
    keepAliveMs: (props.keepAlive ?? KEEP_ALIVE).toMilliseconds(),
  };
}

const RECORDER_MIB = 768;

/** Parses entries such as `POST /search`, which were checked before. */
function requestsOf(allowances: readonly string[] = []): { method: string; template: string }[] {
  return allowances.map((allowance) => {
    const [method = '', template = ''] = allowance.split(' ');
    return { method, template };
  });
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
