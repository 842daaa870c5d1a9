/** Requests from recordings: captures, one side's log, or a HAR. */
import * as z from 'zod';
import { type CapturedBody, captureRecordSchema } from '../../../../capture/format/index.ts';
import { cutAtLines, eachLine, tooLong } from '../../../../capture/index.ts';
import { routeWithoutSecrets } from '../../../../capture/redaction/index.ts';
import { fieldPairs } from '../../../../http/index.ts';
import { wordIssue } from '../../../../input/index.ts';
import { RequestHead } from '../../../../mirror/message/index.ts';
import type { Position, Unreadable } from '../../../../parity/tally/index.ts';
import { asError } from '../../../shared/index.ts';
import {
  firstProblem,
  harEntrySchema,
  type Input,
  isOtherProtocol,
  LEG_LOG_FORMAT,
  type LegLine,
  legLineOf,
  legLineSchema,
  legNameOf,
  openInput,
  parseLine,
} from '../../inputs/index.ts';
import type { Planned } from './planned-request.ts';

export interface RecordedOptions {
  readonly routes: readonly string[];
  readonly signal: AbortSignal;
}

const recordSchema = captureRecordSchema.pick({ requestId: true, route: true, request: true });
type Recorded = z.infer<typeof recordSchema>;
const formatSchema = z.looseObject({ format: z.literal(LEG_LOG_FORMAT) });

/** Fields that each request gets anew, or that belonged to the recorded connection. */
const OF_THE_RECORDING = new Set([
  'host',
  'content-length',
  'x-request-id',
  'traceparent',
  'tracestate',
  'x-amzn-trace-id',
]);
/** Addresses of clients: sent as recorded, and omitted if they are redacted. */
const OF_THE_CLIENT = new Set(['x-forwarded-for', 'x-real-ip', 'forwarded']);
/** The hash that the mirror puts in place of a secret. */
const REDACTED = /hmac:[0-9a-f]{16}/;

/** Requests in the order of the input, and lines that contain none. */
export async function* recordedRequests(
  input: Input,
  source: number,
  { routes, signal }: RecordedOptions,
): AsyncGenerator<Planned | Unreadable> {
  let line = 1;
  try {
    for await (const piece of cutAtLines(openInput(input, () => {}, signal, 'requests'))) {
      if (!('data' in piece)) {
        yield { at: { source, line: piece.tooLong }, reason: tooLong() };
        continue;
      }
      line = piece.firstLine;
      const found: (Planned | Unreadable)[] = [];
      eachLine(
        piece,
        (text, number) => {
          line = number + 1;
          const one = read(text, { source, line: number }, input.recording === 'HAR', routes);
          if (one !== null) found.push(one);
        },
        (number, reason) => found.push({ at: { source, line: number }, reason }),
      );
      yield* found;
    }
  } catch (error) {
    signal.throwIfAborted();
    const reason = asError(error).message;
    yield { at: { source, line }, reason: `cannot be read to its end: ${reason}` };
  }
}

function read(text: string, at: Position, har: boolean, routes: readonly string[]): Planned | Unreadable | null {
  const value = parseLine(text);
  if (har) {
    if (isOtherProtocol(value)) return null;
    const entry = harEntrySchema.safeParse(value, { error: wordIssue });
    return entry.success ? planned(recordedOf(legLineOf(entry.data), routes), at) : refused(at, entry.error, text);
  }
  if (formatSchema.safeParse(value).success) {
    const leg = legLineSchema.safeParse(value, { error: wordIssue });
    return leg.success ? planned(recordedOf(leg.data, routes), at) : refused(at, leg.error, text);
  }
  const record = captureRecordSchema
    .extend({ comparison: z.unknown().optional() })
    .safeParse(value, { error: wordIssue });
  return record.success ? planned(record.data, at) : refused(at, record.error, text);
}

function refused(at: Position, error: z.ZodError, text: string): Unreadable {
  return { at, reason: firstProblem(error, text) };
}

function recordedOf(line: LegLine, routes: readonly string[]): Recorded {
  const { by, text } = legNameOf(line);
  const { route, request } = line;
  return {
    requestId: by === 'id' ? text : 'unnamed',
    route: route ?? `${request.method} ${routeWithoutSecrets(request.target, routes)}`,
    request,
  };
}

function planned({ requestId, route, request }: Recorded, at: Position): Planned {
  const { method, target, headers = [], body } = request;
  if (REDACTED.test(target)) return { skipped: 'its target holds redacted values', at };
  const lacking = body === undefined ? null : lackOf(body);
  if (lacking !== null) return { skipped: lacking, at };
  const { fields, hasBody } = new RequestHead(headers.flat());
  if (hasBody && body === undefined) return { skipped: 'its body was not captured', at };
  return {
    id: `replay-${requestId}`.slice(0, 150),
    route,
    method,
    target,
    headers: fieldPairs(fields).filter(([written, value]) => {
      const name = written.toLowerCase();
      return !OF_THE_RECORDING.has(name) && !(OF_THE_CLIENT.has(name) && REDACTED.test(value));
    }),
    body: body === undefined ? null : Buffer.from(body.data, body.encoding),
    at,
  };
}

function lackOf({ redacted, truncated, data }: CapturedBody): string | null {
  if (truncated) return 'its body was not captured whole';
  return redacted !== undefined || REDACTED.test(data) ? 'its body holds redacted values' : null;
}

/** The fields whose values are redacted, in lower case. */
export function redactedFields(headers: readonly (readonly [string, string])[]): string[] {
  return headers.filter(([, value]) => REDACTED.test(value)).map(([name]) => name.toLowerCase());
}
