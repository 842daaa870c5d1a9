/**
 * The capture record: one request, answered by both sides, as the mirror writes it and the comparer reads it.
 *
 * One record is one line of NDJSON and one Firehose record. The format is versioned by `v`; a reader refuses a version
 * it does not know. Whatever is secret has been redacted before a record exists (see `capture/redaction`).
 */
import * as z from 'zod';
import { SIDES } from '../../sides/index.ts';

/**
 * Version of the capture format. Raised whenever a field changes its meaning. Since 3 hashes are keyed by the capture
 * and the place too: equal ones mean equal values at one place of one record, and nothing across records. 2 is read as
 * 3 is.
 */
export const CAPTURE_VERSION = 3;
const READABLE_VERSIONS = [2, CAPTURE_VERSION] as const;

/** Header names and values in wire order and wire spelling; repeated fields are kept as repeated entries. */
export const headerListSchema = z.array(z.tuple([z.string(), z.string()]));

const bodySchema = z.strictObject({
  /** How `data` is written: `utf8` when the bytes are valid UTF-8, `base64` otherwise. */
  encoding: z.enum(['utf8', 'base64']),
  /** The redacted body, or the beginning of it. */
  data: z.string(),
  /** Length in bytes on the wire, before content decoding; also the full length if `data` was cut. */
  bytes: z.int().nonnegative(),
  /** True when the body exceeded the capture cap and `data` is only its beginning. */
  truncated: z.boolean(),
  /**
   * `hmac:<hex>`: keyed hash of all bytes as they were on the wire; present if `data` is not exactly those bytes
   * (because it was omitted or redacted). Within a record, equal hashes mean equal bodies.
   */
  digest: z
    .string()
    .regex(/^hmac:[0-9a-f]{16,64}$/)
    .optional(),
  /** How many values in `data` were replaced by their keyed hashes. */
  redacted: z.int().positive().optional(),
});

/**
 * Milliseconds (fractional), measured at the mirror's socket, starting when the head of the request has been written.
 */
const timingSchema = z.strictObject({
  /** Time to the first byte of the response. */
  firstByteMs: z.number().nonnegative(),
  /** Time to the last byte of the response. */
  totalMs: z.number().nonnegative(),
});

const responseLegSchema = z.strictObject({
  /** The side answered. */
  outcome: z.literal('response'),
  /** Three-digit status code. Some services send codes that no RFC defines. */
  status: z.int().min(100).max(999),
  /** Header fields in the order and case of the wire, redacted. */
  headers: headerListSchema,
  /** The response's body. */
  body: bodySchema,
  /** Milliseconds since the whole request was sent. */
  timing: timingSchema,
});

const failedLegSchema = z.strictObject({
  /** The side did not answer. */
  outcome: z.literal('failed'),
  /**
   * `refused` and `reset`: the connection failed; `timeout`: the deadline for this side passed; `protocol`: the answer
   * was not HTTP.
   */
  reason: z.enum(['refused', 'reset', 'timeout', 'protocol']),
  /** Description of the failure, as the HTTP client reported it. */
  detail: z.string(),
  /** Milliseconds until the failure. */
  totalMs: z.number().nonnegative(),
});

/** The answer of one side, or the reason why there is none. */
export const legSchema = z.discriminatedUnion('outcome', [responseLegSchema, failedLegSchema]);

export const captureRecordSchema = z.strictObject({
  /** Version of the format. */
  v: z.literal(READABLE_VERSIONS, {
    error: ({ input }) =>
      input === undefined
        ? undefined
        : `must be ${READABLE_VERSIONS.join(' or ')} (got ${JSON.stringify(input)}): read it with the version of Crossfade that wrote it, or capture anew`,
  }),
  /**
   * Id of the deployed ingress (env `CROSSFADE_INGRESS`). The run that a record belongs to is looked up when the record
   * is counted.
   */
  ingress: z.string().min(1),
  /** `X-Request-Id` of the request, set by the client or by the mirror. */
  requestId: z.string().min(1),
  /** W3C trace id (32 hex digits), if the request carried one or the mirror assigned one. */
  traceId: z.string().optional(),
  /** When the request's head arrived, ISO-8601 UTC. */
  at: z.iso.datetime(),
  /** Route template such as `/items/{id}`. Parity is signed off per route. */
  route: z.string().min(1),
  /** The request, as the client sent it. */
  request: z.strictObject({
    /** HTTP method, such as `GET`. */
    method: z.string().min(1),
    /** Origin-form request target: path and query, redacted. */
    target: z.string().min(1),
    /** Header fields of the request, redacted. */
    headers: headerListSchema.optional(),
    /** Body of the request, if it has one and the body was copied. */
    body: bodySchema.optional(),
  }),
  /** Which side answered the client. */
  primary: z.enum(SIDES),
  /**
   * Host (and port) of each side, if they differ. In the answers, each side's own host is treated as the same value.
   */
  hosts: z
    .strictObject({
      /** Host of the stable side. */
      stable: z.string(),
      /** Host of the candidate. */
      candidate: z.string(),
    })
    .optional(),
  /** Answer of the stable side. */
  stable: legSchema,
  /** Answer of the candidate. */
  candidate: legSchema,
  /**
   * Control answer: a second answer of stable to the same request. Differences between stable's two answers are noise.
   */
  noise: legSchema.optional(),
});

export type HeaderList = z.infer<typeof headerListSchema>;
export type CapturedBody = z.infer<typeof bodySchema>;
export type ResponseLeg = z.infer<typeof responseLegSchema>;
export type Leg = z.infer<typeof legSchema>;
export type CaptureRecord = z.infer<typeof captureRecordSchema>;
