/** The tap's configuration, from the environment; a mistake names its variable. */
import * as z from 'zod';

const port = z.coerce.number().int().min(0).max(65_535);

const schema = z.object({
  CROSSFADE_INGRESS: z.string().min(1),
  TAP_STABLE_URL: z.url({ protocol: /^http$/ }),
  TAP_CANDIDATE_URL: z.url({ protocol: /^http$/ }),
  TAP_BIND: z.string().default('0.0.0.0'),
  TAP_FORWARD_PORT: port.default(8081),
  TAP_REVERSE_PORT: port.default(8082),
  TAP_HEALTH_PORT: port.default(8083),
  /** `firehose:<stream>` or `none`. */
  TAP_SINK: z
    .string()
    .regex(/^(firehose:.+|none)$/)
    .default('none'),
  /** Share of the safe requests through the tap that are copied. */
  TAP_SAMPLE_RATE: z.coerce.number().min(0).max(1).default(1),
  /** Keys the hashes that stand in for secrets, so that equality survives redaction. */
  TAP_REDACTION_KEY: z.string().min(16),
  /** Route templates such as `/items/{id}`, first match wins; anything else is its own path's first segment. */
  TAP_ROUTES: z.string().default(''),
  TAP_FLUSH_MS: z.coerce.number().int().min(10).default(1_000),
});

export interface TapConfig {
  readonly ingress: string;
  readonly stableUrl: string;
  readonly candidateUrl: string;
  readonly bind: string;
  readonly forwardPort: number;
  readonly reversePort: number;
  readonly healthPort: number;
  readonly sink: { readonly kind: 'firehose'; readonly stream: string } | { readonly kind: 'none' };
  readonly sampleRate: number;
  readonly redactionKey: string;
  readonly routes: readonly string[];
  readonly flushMs: number;
}

/** @throws Error that names every variable that is wrong. */
export function tapConfig(env: NodeJS.ProcessEnv): TapConfig {
  const result = schema.safeParse(env);
  if (!result.success) {
    throw new Error(`tap: ${result.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`).join('; ')}`);
  }
  const e = result.data;
  return {
    ingress: e.CROSSFADE_INGRESS,
    stableUrl: e.TAP_STABLE_URL,
    candidateUrl: e.TAP_CANDIDATE_URL,
    bind: e.TAP_BIND,
    forwardPort: e.TAP_FORWARD_PORT,
    reversePort: e.TAP_REVERSE_PORT,
    healthPort: e.TAP_HEALTH_PORT,
    sink: e.TAP_SINK === 'none' ? { kind: 'none' } : { kind: 'firehose', stream: e.TAP_SINK.slice('firehose:'.length) },
    sampleRate: e.TAP_SAMPLE_RATE,
    redactionKey: e.TAP_REDACTION_KEY,
    routes: e.TAP_ROUTES.split(',')
      .map((r) => r.trim())
      .filter((r) => r !== ''),
    flushMs: e.TAP_FLUSH_MS,
  };
}
