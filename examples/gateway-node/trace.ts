/**
 * Identity of a request across services: X-Request-Id, the W3C trace context (https://www.w3.org/TR/trace-context/) and
 * the load balancer's X-Amzn-Trace-Id, whose Root is the same 32 hex digits in another notation
 * (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-request-tracing.html).
 */
import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

export interface RequestIdentity {
  readonly requestId: string;
  /** 32 hex digits, taken from the caller or generated. */
  readonly traceId: string;
  /** The caller's span, 16 hex digits, if the caller named one. */
  readonly parentId: string | undefined;
  /** Header to send on: the same trace, with a span of this service. */
  readonly traceparent: string;
  readonly amznTraceId: string | undefined;
}

const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;
const AMZN_ROOT = /Root=1-([0-9a-f]{8})-([0-9a-f]{24})/;

export function identify(headers: IncomingHttpHeaders): RequestIdentity {
  const amznTraceId = one(headers['x-amzn-trace-id']);
  const [, traced, parentId, flags = '01'] = TRACEPARENT.exec(one(headers.traceparent) ?? '') ?? [];
  const [, time, unique] = AMZN_ROOT.exec(amznTraceId ?? '') ?? [];
  const root = time === undefined || unique === undefined ? undefined : `${time}${unique}`;
  const traceId = traced ?? root ?? randomBytes(16).toString('hex');
  return {
    requestId: one(headers['x-request-id']) ?? randomUUID(),
    traceId,
    parentId,
    traceparent: traceparentOf(traceId, randomBytes(8).toString('hex'), flags),
    amznTraceId,
  };
}

export function traceparentOf(traceId: string, spanId: string, flags = '01'): string {
  return `00-${traceId}-${spanId}-${flags}`;
}

function one(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
