/** Identity of a request across services: X-Request-Id and W3C trace context (https://www.w3.org/TR/trace-context/). */
import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

export interface RequestIdentity {
  readonly requestId: string;
  /** 32 hex digits, kept from the caller or minted. */
  readonly traceId: string;
  /** To be sent on: same trace, a span of this service's own. */
  readonly traceparent: string;
  readonly amznTraceId: string | undefined;
}

const TRACEPARENT = /^00-([0-9a-f]{32})-[0-9a-f]{16}-([0-9a-f]{2})$/;

export function identify(headers: IncomingHttpHeaders): RequestIdentity {
  const match = TRACEPARENT.exec(one(headers.traceparent) ?? '');
  const traceId = match?.[1] ?? randomBytes(16).toString('hex');
  return {
    requestId: one(headers['x-request-id']) ?? randomUUID(),
    traceId,
    traceparent: `00-${traceId}-${randomBytes(8).toString('hex')}-${match?.[2] ?? '01'}`,
    amznTraceId: one(headers['x-amzn-trace-id']),
  };
}

function one(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
