/**
 * The log of one side: one answer a line, so that any server can write it and two such logs can be held against each other.
 * The format is in docs/reference/diff-and-contract.md.
 */
import * as z from 'zod';
import { captureRecordSchema, type HeaderList, legSchema } from '../../../capture/format/index.ts';

/** Name and version of the format. The version is raised whenever a field changes its meaning. */
export const LEG_LOG_FORMAT = 'crossfade-leg/1';

export const legLineSchema = z.strictObject({
  format: z.literal(LEG_LOG_FORMAT),
  /** Without one: X-Request-Id of the request, or of the answer. */
  requestId: z.string().min(1).optional(),
  /** When the request arrived, ISO-8601 UTC. */
  at: captureRecordSchema.shape.at,
  /** Without one: method and template, by the routes that the command was given. */
  route: z.string().min(1).optional(),
  request: captureRecordSchema.shape.request,
  leg: legSchema,
});

export type LegLine = z.infer<typeof legLineSchema>;

const REQUEST_ID = 'x-request-id';

/** What both logs call the same request by: its id, or else method and URL, in which case order decides. */
export interface CorrelationKey {
  readonly by: 'id' | 'url';
  readonly text: string;
}

export function correlationKey({ requestId, request, leg }: LegLine): CorrelationKey {
  const answered = leg.outcome === 'response' ? leg.headers : [];
  const id = requestId ?? requestIdIn(request.headers ?? []) ?? requestIdIn(answered);
  return id === undefined ? { by: 'url', text: `${request.method} ${request.target}` } : { by: 'id', text: id };
}

function requestIdIn(headers: HeaderList): string | undefined {
  return headers.find(([name, value]) => name.toLowerCase() === REQUEST_ID && value !== '')?.[1];
}
