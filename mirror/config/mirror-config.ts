/** Reads the mirror's configuration from the environment. Each error names the variable that is wrong. */
import * as z from 'zod';
import { PERSONAL_RULES } from '../../capture/redaction/index.ts';
import { describeProblems, wordIssue } from '../../input/index.ts';
import type { Side } from '../../sides/index.ts';
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

/** An origin without a path: requests keep their own targets, so a path here would be accepted and never used. */
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
  /** `off` runs Envoy without the recorder: requests pass, and every exchange is counted as lost. */
  MIRROR_RECORDER: z.enum(['on', 'off']).default('on'),
  /** Loopback ports that Envoy and the recorder share. The embedded mirror does not use them. */
  MIRROR_RECORDER_PORT: port.default(8084),
  MIRROR_ADMIN_PORT: port.default(8085),
  MIRROR_COPY_STABLE_PORT: port.default(8086),
  MIRROR_COPY_CANDIDATE_PORT: port.default(8087),
  /**
   * How long a customer's connection may be idle, in milliseconds. Longer than the load balancer's idle timeout, so
   * that the load balancer closes first.
   */
  MIRROR_KEEP_ALIVE_MS: z.coerce.number().int().min(1_000).max(4_000_000).default(75_000),
  /** Path of the readiness check of each side. Any answer below 500 counts as ready. */
  MIRROR_PRIMARY_HEALTH_PATH: z.string().regex(path).default('/healthz'),
  /** `firehose:<stream>`, `ndjson:<file>` (`-` is standard output) or `none`. */
  MIRROR_SINK: z
    .string()
    .regex(/^(firehose:.+|ndjson:.+|none)$/, 'must be firehose:<stream>, ndjson:<file> or none')
    .default('none'),
  /** Interval between batches to the sink, in milliseconds. */
  MIRROR_FLUSH_MS: z.coerce.number().int().min(10).max(60_000).default(1_000),
  /** Interval between reports of the metrics, in milliseconds. */
  MIRROR_METRICS_MS: z.coerce.number().int().min(10).max(60_000).default(10_000),
  /** Share of the requests through the mirror that are copied, 0 to 1. */
  MIRROR_SAMPLE_RATE: share.default(1),
  /**
   * Share of the copied requests, 0 to 1, for which the stable side is asked a second time, to learn which values vary
   * by themselves.
   */
  MIRROR_NOISE_RATE: share.default(0),
  /** Requests with side effects that may be copied to the candidate, such as `POST /search,PUT /items/{id}`. */
  MIRROR_COPY_ALLOW: allowance,
  /** The same for the stable side: as copies of the reverse face, and as second requests for control answers. */
  MIRROR_COPY_ALLOW_STABLE: allowance,
  /** How many bytes of each body are kept. A request with a longer body is not copied. */
  MIRROR_BODY_CAP: z.coerce.number().int().min(1_024).max(1_048_576).default(262_144),
  /** How many captures may be in progress at once. Further requests are answered, but not copied. */
  MIRROR_MAX_COPIES: z.coerce.number().int().min(1).max(10_000).default(64),
  /** Deadline for the whole answer of the shadow, in milliseconds. */
  MIRROR_COPY_DEADLINE_MS: z.coerce.number().int().min(10).max(60_000).default(5_000),
  /** Keys the hashes that replace secrets, so that values can still be compared after redaction. */
  MIRROR_REDACTION_KEY: z.string().min(16),
  /** Additional header fields whose values are secret. */
  MIRROR_REDACT_HEADERS: list(/^[\w-]+$/, 'a field name'),
  /** Additional query and form parameters whose values are secret. */
  MIRROR_REDACT_PARAMETERS: list(/^[\w.-]+$/, 'a parameter name'),
  /** Places in JSON bodies that are secret: JSON pointers with `*` for one segment and `**` for any number of them. */
  MIRROR_REDACT_JSON: list(path, 'a JSON pointer, such as /user/email or /**/iban'),
  /** Personal data that stays readable, such as `email,address`. */
  MIRROR_REDACT_KEEP: list(new RegExp(`^(?:${PERSONAL_RULES.join('|')})$`), `one of ${PERSONAL_RULES.join(', ')}`),
  /**
   * Route templates such as `/items/{id}`; the first match wins. Any other request belongs to the route of its first
   * path segment.
   */
  MIRROR_ROUTES: list(path, 'a path template, such as /items/{id}'),
  /**
   * How long after SIGTERM new connections are still accepted, in milliseconds: the load balancer needs a while to
   * notice.
   */
  MIRROR_DRAIN_DELAY_MS: z.coerce.number().int().min(0).max(60_000).default(0),
  /** How long requests in progress may take to end after that, in milliseconds. */
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

/** @throws Error that names every variable that is wrong */
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
