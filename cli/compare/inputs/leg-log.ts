/**
 * The log of one side, with one answer per line, so that any server can write it and two such logs can be compared.
 * docs/reference/diff-and-contract.md describes the format.
 */
import * as z from 'zod';
import { captureRecordSchema, type HeaderList, legSchema } from '../../../capture/format/index.ts';
import { UsageError } from '../../shared/index.ts';

/** Name and version of the format. The version is incremented whenever a field changes its meaning. */
export const LEG_LOG_FORMAT = 'crossfade-leg/1';

export const legLineSchema = z.strictObject({
  format: z.literal(LEG_LOG_FORMAT),
  /** If it is missing: X-Request-Id of the request, or of the answer. */
  requestId: z.string().min(1).optional(),
  /** When the request arrived, ISO-8601 UTC. */
  at: captureRecordSchema.shape.at,
  /** If it is missing: method and template, from the routes given to the command. */
  route: z.string().min(1).optional(),
  request: captureRecordSchema.shape.request,
  leg: legSchema,
});

export type LegLine = z.infer<typeof legLineSchema>;

/** Names of header fields, in lower case. @throws UsageError that names the option */
export function headerNames(option: string, given: readonly string[]): string[] {
  for (const name of given)
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name))
      throw new UsageError(`${option} must be the name of a header field (got "${name}")`);
  return given.map((name) => name.toLowerCase());
}

/** Names by which a request and its answers can be identified, most reliable first. */
export interface LegNames {
  /** Set by the sender of the request: different ids mean different requests. */
  readonly id: string | undefined;
  /**
   * Ids of a trace or of an answer: if both sides have the same, it is the same request; otherwise they prove nothing.
   */
  readonly hints: readonly string[];
}

const REQUEST_ID = 'x-request-id';
const CORRELATION = ['x-correlation-id', 'correlation-id', 'request-id', 'x-amzn-trace-id'];

/** @param pairBy request headers, in lower case, that identify a request before all others */
export function namesOf({ requestId, request, leg }: LegLine, pairBy: readonly string[] = []): LegNames {
  const [asked, answered] = [request.headers ?? [], leg.outcome === 'response' ? leg.headers : []];
  const hints = [
    traceOf(valueIn(asked, 'traceparent')),
    ...CORRELATION.map((name) => valueIn(asked, name)),
    ...[REQUEST_ID, ...CORRELATION].map((name) => valueIn(answered, name)),
  ];
  const chosen = pairBy.map((name) => valueIn(asked, name)).find((value) => value !== undefined);
  return { id: chosen ?? requestId ?? valueIn(asked, REQUEST_ID), hints: hints.filter((hint) => hint !== undefined) };
}

/** The trace id within `traceparent` (W3C Trace Context, 3.2.2); span ids differ between the sides. */
function traceOf(traceparent: string | undefined): string | undefined {
  return traceparent === undefined ? undefined : /^[0-9a-f]{2}-([0-9a-f]{32})-/.exec(traceparent)?.[1];
}

/** Method and URL: requests with different URLs are different, whatever their ids. */
export function urlKey({ request }: LegLine): string {
  return `${request.method} ${request.target}`;
}

/** How a person can find the request: by its id if it has one, or by its URL. */
export function legNameOf(line: LegLine): { readonly by: 'id' | 'url'; readonly text: string } {
  const { id, hints } = namesOf(line);
  const text = id ?? hints[0];
  return text === undefined ? { by: 'url', text: urlKey(line) } : { by: 'id', text };
}

function valueIn(headers: HeaderList, wanted: string): string | undefined {
  return headers.find(([name, value]) => name.toLowerCase() === wanted && value !== '')?.[1];
}
