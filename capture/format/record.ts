/**
 * The capture record: one request, answered by both sides, as the mirror writes it and the comparer reads it.
 *
 * One record is one line of NDJSON and one Firehose record. The format is versioned by `v`; a reader refuses a version
 * it does not know. Whatever is secret has been redacted before a record exists (see `capture/redaction`).
 */
import * as z from 'zod';

/**
 * Version of the capture format. Raised whenever a field changes its meaning. Since 3 hashes are keyed by the capture and the place
 * too: equal ones mean equal values at one place of one record, and nothing across records. 2 is read as 3 is.
 */
export const CAPTURE_VERSION = 3;
const READABLE_VERSIONS = [2, CAPTURE_VERSION] as const;

/** Header names and values in the order and the case in which they stood on the wire; duplicates stay duplicates. */
export const headerListSchema = z.array(z.tuple([z.string(), z.string()]));

const bodySchema = z.strictObject({
  /** How `data` is written: `utf8` when the bytes are valid UTF-8, `base64` otherwise. */
  encoding: z.enum(['utf8', 'base64']),
  /** The body, or its beginning, redacted. */
  data: z.string(),
  /** Length in bytes on the wire (before any content decoding), also when `data` was cut. */
  bytes: z.int().nonnegative(),
  /** True when the body exceeded the capture cap and `data` is only its beginning. */
  truncated: z.boolean(),
  /**
   * `hmac:<hex>`: keyed hash of all its bytes as they were on the wire, where `data` does not hold them all as they were
   * (left out, or redacted). Equal hashes within a record mean equal bodies.
   */
  digest: z
    .string()
    .regex(/^hmac:[0-9a-f]{16,64}$/)
    .optional(),
  /** How many values within `data` have been replaced by their keyed hashes. */
  redacted: z.int().positive().optional(),
});

/** Milliseconds (fractional), measured at the mirror's socket from the moment the request's head was written. */
const timingSchema = z.strictObject({
  /** Until the first byte of the response. */
  firstByteMs: z.number().nonnegative(),
  /** Until its last byte. */
  totalMs: z.number().nonnegative(),
});

const responseLegSchema = z.strictObject({
  /** The side answered. */
  outcome: z.literal('response'),
  /** Status code of three digits: some services answer with codes that no RFC knows. */
  status: z.int().min(100).max(999),
  /** Header fields in the order and case of the wire, redacted. */
  headers: headerListSchema,
  /** The response's body. */
  body: bodySchema,
  /** Milliseconds since the request was sent as a whole. */
  timing: timingSchema,
});

const failedLegSchema = z.strictObject({
  /** The side did not answer. */
  outcome: z.literal('failed'),
  /** `refused`/`reset`: connection level; `timeout`: the leg's deadline passed; `protocol`: not HTTP. */
  reason: z.enum(['refused', 'reset', 'timeout', 'protocol']),
  /** The failure in the words of the client. */
  detail: z.string(),
  /** Milliseconds until the failure. */
  totalMs: z.number().nonnegative(),
});

/** What one side answered, or why it did not. */
export const legSchema = z.discriminatedUnion('outcome', [responseLegSchema, failedLegSchema]);

export const captureRecordSchema = z.strictObject({
  /** Version of the format. */
  v: z.literal(READABLE_VERSIONS, {
    error: ({ input }) =>
      input === undefined
        ? undefined
        : `must be ${READABLE_VERSIONS.join(' or ')} (got ${JSON.stringify(input)}): read it with the version of Crossfade that wrote it, or capture anew`,
  }),
  /** Id of the deployed ingress (env `CROSSFADE_INGRESS`); which run it belongs to is looked up where it is counted. */
  ingress: z.string().min(1),
  /** `X-Request-Id` of the request, the client's or the mirror's. */
  requestId: z.string().min(1),
  /** W3C trace id (32 hex digits), when the request carried or was given one. */
  traceId: z.string().optional(),
  /** When the request's head arrived, ISO-8601 UTC. */
  at: z.iso.datetime(),
  /** Route template such as `/items/{id}`: the unit by which parity is signed off. */
  route: z.string().min(1),
  /** The request, as the client sent it. */
  request: z.strictObject({
    /** Such as `GET`. */
    method: z.string().min(1),
    /** Origin-form target: path and query, redacted. */
    target: z.string().min(1),
    /** The request's fields, redacted. */
    headers: headerListSchema.optional(),
    /** The request's body, where it has one and was copied. */
    body: bodySchema.optional(),
  }),
  /** Which side answered the client. */
  primary: z.enum(['stable', 'candidate']),
  /** Host (and port) at which each side was asked, where they were asked at different ones: in each answer its own host means the same. */
  hosts: z
    .strictObject({
      /** Of stable. */
      stable: z.string(),
      /** Of the candidate. */
      candidate: z.string(),
    })
    .optional(),
  /** Leg of the stable side. */
  stable: legSchema,
  /** Leg of the candidate. */
  candidate: legSchema,
  /** Control answer: a second answer of stable to the same request; what differs there is noise. */
  noise: legSchema.optional(),
});

export type HeaderList = z.infer<typeof headerListSchema>;
export type CapturedBody = z.infer<typeof bodySchema>;
export type ResponseLeg = z.infer<typeof responseLegSchema>;
export type Leg = z.infer<typeof legSchema>;
export type CaptureRecord = z.infer<typeof captureRecordSchema>;
