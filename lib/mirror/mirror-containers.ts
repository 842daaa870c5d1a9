/** The containers of the mirror's task: Envoy, without which the task ends, and the recorder, without which it goes on. */
import { Duration } from 'aws-cdk-lib';
import { type ContainerDefinition, type FargateTaskDefinition, LogDrivers, type Secret } from 'aws-cdk-lib/aws-ecs';
import type { DeliveryStream } from 'aws-cdk-lib/aws-kinesisfirehose';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { type EnvoySettings, envoyBootstrap, PID_ONE } from '../../mirror/envoy/index.ts';
import { envoyImage, recorderImage } from '../assets/index.ts';

/** Customers' and the load balancer's. */
export const MIRROR_PORTS = { forward: 8081, reverse: 8082, health: 8083 } as const;
/** Of the task's loopback: what Envoy and the recorder share. */
const SHARED_PORTS = { recorder: 8084, admin: 8085, copy: { stable: 8086, candidate: 8087 } } as const;
/** More than the idle timeout that a load balancer has by itself, 60 seconds. */
const KEEP_ALIVE = Duration.seconds(75);
const DEFAULT_BODY_CAP = 262_144;
/** Time that is left of the stop timeout for the recorder's last batch. */
const LAST_BATCH = Duration.seconds(10);
/** The task has one processor; a second worker uses what the recorder leaves. */
const ENVOY_WORKERS = 2;
/**
 * Of the processor when both containers want it: without shares ECS gives each half, and a busy recorder would make customers wait. What Envoy leaves is the recorder's
 * (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html#container_definition_environment).
 */
const SHARES = { envoy: 896, recorder: 128 } as const;

export interface MirrorTaskProps {
  /** Id of the ingress, as `DualStackCutover` has it. */
  readonly ingressId: string;
  /** Where the stable side and the candidate answer within the VPC, such as `http://stable.gateway.internal:8080`. */
  readonly stableUrl: string;
  /** The same for the candidate. */
  readonly candidateUrl: string;
  /** Captures go here. */
  readonly stream: DeliveryStream;
  /** Route templates by which parity is signed off, such as `/items/{id}`. @default - the first segment of the path */
  readonly routes?: readonly string[];
  /** Asked of a face's primary for the mirror's readiness; any answer below 500 will do. @default '/healthz' */
  readonly healthPath?: string;
  /**
   * For which a customer's connection may be idle, up to 4,100 seconds: more than the load balancer's idle timeout, so that it closes first.
   * @default 75 seconds
   */
  readonly keepAlive?: Duration;
  /** Which requests are copied, and how many. @default - all safe ones */
  readonly copies?: MirrorCopies;
  /** What is secret beyond the list that is always taken out. @default - nothing more */
  readonly redaction?: MirrorRedaction;
  /**
   * Envoy, by digest, such as `docker.io/envoyproxy/envoy@sha256:…`; it must have bash.
   * @default - version 1.39.3 by its digest
   */
  readonly envoyImage?: string;
  /**
   * What the recorder's image is built on, by digest, such as `gcr.io/distroless/nodejs24-debian12@sha256:…`.
   * @default - that image by its digest
   */
  readonly baseImage?: string;
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

interface Around {
  readonly logGroup: ILogGroup;
  readonly stopTimeout: Duration;
  /** For how long new connections are still taken after the task was told to go. */
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
    // Customers notice nothing of a recorder that ends; ECS starts it again beside the Envoy that goes on.
    essential: false,
    enableRestartPolicy: true,
    restartAttemptPeriod: Duration.seconds(60),
    cpu: SHARES.recorder,
    // What grows beyond this ends the recorder, and nothing else of the task.
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
    sides: {
      stable: endpointOf('stableUrl', props.stableUrl),
      candidate: endpointOf('candidateUrl', props.candidateUrl),
    },
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

const ORIGIN = /^http:\/\/(?<host>\[[0-9a-fA-F:.]+\]|[\w.-]+)(?::(?<port>\d{1,5}))?\/?$/;

/** Envoy's configuration is a file of the image: a name that only the deploy knows cannot stand in it. @throws RangeError */
function endpointOf(name: string, url: string): EnvoySettings['sides']['stable'] {
  const found = ORIGIN.exec(url)?.groups;
  if (found?.host === undefined)
    throw new RangeError(
      `ShadowMirror: ${name} must be http://host:port without a path, with a name that is known when the stack is synthesised (got "${url}")`,
    );
  return { host: found.host.replace(/^\[(.*)\]$/, '$1'), port: found.port === undefined ? 80 : Number(found.port) };
}

/** Of `POST /search`; checked before. */
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
