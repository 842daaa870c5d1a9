/** The mirror's configuration, from the environment; a mistake names its variable. */
import * as z from 'zod';
import type { Side } from '../../capture/index.ts';
import { PERSONAL_RULES } from '../../capture/redaction/index.ts';
import { describeProblems, wordIssue } from '../../input/index.ts';
import type { CaptureSettings, CopyPolicy, SinkConfig } from '../recorder/index.ts';

const port = z.coerce.number().int().min(0).max(65_535);
const share = z.coerce.number().min(0).max(1);
const list = (item: RegExp, what: string) =>
  z
    .string()
    .default('')
    .transform((text) =>
      text
        .split(',')
        .map((entry) => entry.trim())
        .filter((entry) => entry !== ''),
    )
    .refine((entries) => entries.every((entry) => item.test(entry)), `each must be ${what}`);
const path = /^\/\S*$/;
const allowance = list(/^[A-Z]+ \/\S*$/, 'a method and a path template, such as `POST /search`').transform((entries) =>
  entries.map((entry) => {
    const [method = '', template = ''] = entry.split(' ');
    return { method, template };
  }),
);

/** Requests keep their targets: a path here would be taken and never used. */
const origin = z
  .url({ protocol: /^http$/ })
  .refine((text) => `${new URL(text).origin}/` === new URL(text).href, 'must be http://host:port, without a path');

const schema = z.object({
  CROSSFADE_INGRESS: z.string().min(1),
  MIRROR_STABLE_URL: origin,
  MIRROR_CANDIDATE_URL: origin,
  MIRROR_BIND: z.string().default('0.0.0.0'),
  MIRROR_FORWARD_PORT: port.default(8081),
  MIRROR_REVERSE_PORT: port.default(8082),
  MIRROR_HEALTH_PORT: port.default(8083),
  /** `off` leaves the recorder out: Envoy passes requests on, and every exchange is counted as lost. */
  MIRROR_RECORDER: z.enum(['on', 'off']).default('on'),
  /** Ports of the loopback that Envoy and the recorder share; the embedded mirror has no need of them. */
  MIRROR_RECORDER_PORT: port.default(8084),
  MIRROR_ADMIN_PORT: port.default(8085),
  MIRROR_COPY_STABLE_PORT: port.default(8086),
  MIRROR_COPY_CANDIDATE_PORT: port.default(8087),
  /** Milliseconds for which a customer's connection may be idle: more than the load balancer's idle timeout, so that it closes first. */
  MIRROR_KEEP_ALIVE_MS: z.coerce.number().int().min(1_000).max(4_000_000).default(75_000),
  /** Asked of each side for readiness; any answer below 500 will do. */
  MIRROR_PRIMARY_HEALTH_PATH: z.string().regex(path).default('/healthz'),
  /** `firehose:<stream>`, `ndjson:<file>` (`-` is standard output) or `none`. */
  MIRROR_SINK: z
    .string()
    .regex(/^(firehose:.+|ndjson:.+|none)$/, 'must be firehose:<stream>, ndjson:<file> or none')
    .default('none'),
  /** Milliseconds between two batches to the sink. */
  MIRROR_FLUSH_MS: z.coerce.number().int().min(10).max(60_000).default(1_000),
  /** Milliseconds between two reports of its counts. */
  MIRROR_METRICS_MS: z.coerce.number().int().min(10).max(60_000).default(10_000),
  /** Share of the requests through the mirror that are copied. */
  MIRROR_SAMPLE_RATE: share.default(1),
  /** Share of the copies with which the stable side is asked once more, to learn what varies by itself. */
  MIRROR_NOISE_RATE: share.default(0),
  /** Requests with side effects that may be copied to the candidate, such as `POST /search,PUT /items/{id}`. */
  MIRROR_COPY_ALLOW: allowance,
  /** The same for the stable side: as copies of the reverse face, and asked once more for the noise. */
  MIRROR_COPY_ALLOW_STABLE: allowance,
  /** Bytes of each body that are kept; a request with a longer one is not copied. */
  MIRROR_BODY_CAP: z.coerce.number().int().min(1_024).max(1_048_576).default(262_144),
  /** Captures that may be under way at once; what comes beyond is answered, but not copied. */
  MIRROR_MAX_COPIES: z.coerce.number().int().min(1).max(10_000).default(64),
  /** Milliseconds that the shadow has for its whole answer. */
  MIRROR_COPY_DEADLINE_MS: z.coerce.number().int().min(10).max(60_000).default(5_000),
  /** Keys the hashes that stand in for secrets, so that equality survives redaction. */
  MIRROR_REDACTION_KEY: z.string().min(16),
  /** Further header fields whose values are secret. */
  MIRROR_REDACT_HEADERS: list(/^[\w-]+$/, 'a field name'),
  /** Further parameters of queries and forms whose values are secret. */
  MIRROR_REDACT_PARAMETERS: list(/^[\w.-]+$/, 'a parameter name'),
  /** Places in JSON bodies that are secret: JSON pointers with `*` for one segment and `**` for any number of them. */
  MIRROR_REDACT_JSON: list(path, 'a JSON pointer, such as /user/email or /**/iban'),
  /** Personal data that may stay readable, such as `email,address`. */
  MIRROR_REDACT_KEEP: list(new RegExp(`^(?:${PERSONAL_RULES.join('|')})$`), `one of ${PERSONAL_RULES.join(', ')}`),
  /** Route templates such as `/items/{id}`, first match wins; anything else is its own path's first segment. */
  MIRROR_ROUTES: list(path, 'a path template, such as /items/{id}'),
  /** Milliseconds after SIGTERM in which new connections are still taken: the load balancer needs a while to hear of it. */
  MIRROR_DRAIN_DELAY_MS: z.coerce.number().int().min(0).max(60_000).default(0),
  /** Milliseconds after that in which requests under way may end. */
  MIRROR_DRAIN_MS: z.coerce.number().int().min(0).max(3_600_000).default(25_000),
});

export interface MirrorConfig {
  readonly ingress: string;
  readonly stableUrl: URL;
  readonly candidateUrl: URL;
  readonly primaryHealthPath: string;
  readonly bind: string;
  readonly forwardPort: number;
  readonly reversePort: number;
  readonly healthPort: number;
  readonly recorder: boolean;
  readonly recorderPort: number;
  readonly adminPort: number;
  readonly copyPorts: Readonly<Record<Side, number>>;
  readonly keepAliveMs: number;
  readonly policy: CopyPolicy;
  readonly maxCopies: number;
  readonly copyDeadlineMs: number;
  readonly capture: CaptureSettings;
  readonly metricsMs: number;
  readonly drainDelayMs: number;
  readonly drainMs: number;
}

/** @throws Error that names every variable that is wrong. */
export function mirrorConfig(env: NodeJS.ProcessEnv): MirrorConfig {
  const result = schema.safeParse(env, { error: wordIssue });
  if (!result.success) throw new Error(`mirror: ${describeProblems(result.error, 'environment')}`);
  const e = result.data;
  return {
    ingress: e.CROSSFADE_INGRESS,
    stableUrl: new URL(e.MIRROR_STABLE_URL),
    candidateUrl: new URL(e.MIRROR_CANDIDATE_URL),
    primaryHealthPath: e.MIRROR_PRIMARY_HEALTH_PATH,
    bind: e.MIRROR_BIND,
    forwardPort: e.MIRROR_FORWARD_PORT,
    reversePort: e.MIRROR_REVERSE_PORT,
    healthPort: e.MIRROR_HEALTH_PORT,
    recorder: e.MIRROR_RECORDER === 'on',
    recorderPort: e.MIRROR_RECORDER_PORT,
    adminPort: e.MIRROR_ADMIN_PORT,
    copyPorts: { stable: e.MIRROR_COPY_STABLE_PORT, candidate: e.MIRROR_COPY_CANDIDATE_PORT },
    keepAliveMs: e.MIRROR_KEEP_ALIVE_MS,
    policy: {
      sampleRate: e.MIRROR_SAMPLE_RATE,
      noiseRate: e.MIRROR_NOISE_RATE,
      bodyCap: e.MIRROR_BODY_CAP,
      allowed: { candidate: e.MIRROR_COPY_ALLOW, stable: e.MIRROR_COPY_ALLOW_STABLE },
    },
    maxCopies: e.MIRROR_MAX_COPIES,
    copyDeadlineMs: e.MIRROR_COPY_DEADLINE_MS,
    capture: {
      flushMs: e.MIRROR_FLUSH_MS,
      sink: sinkConfig(e.MIRROR_SINK),
      rules: {
        ingress: e.CROSSFADE_INGRESS,
        routes: e.MIRROR_ROUTES,
        redaction: {
          key: e.MIRROR_REDACTION_KEY,
          fields: e.MIRROR_REDACT_HEADERS.map((name) => name.toLowerCase()),
          parameters: e.MIRROR_REDACT_PARAMETERS,
          pointers: e.MIRROR_REDACT_JSON,
          keep: PERSONAL_RULES.filter((rule) => e.MIRROR_REDACT_KEEP.includes(rule)),
        },
      },
    },
    metricsMs: e.MIRROR_METRICS_MS,
    drainDelayMs: e.MIRROR_DRAIN_DELAY_MS,
    drainMs: e.MIRROR_DRAIN_MS,
  };
}

function sinkConfig(text: string): SinkConfig {
  const [kind, rest] = [text.slice(0, text.indexOf(':')), text.slice(text.indexOf(':') + 1)];
  if (kind === 'firehose') return { kind, stream: rest };
  return kind === 'ndjson' ? { kind, path: rest } : { kind: 'none' };
}
