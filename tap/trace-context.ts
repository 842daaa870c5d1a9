/**
 * The request's trace: W3C `traceparent` (https://www.w3.org/TR/trace-context/) where there is one, otherwise the load
 * balancer's `X-Amzn-Trace-Id`, whose Root is the same 32 hex digits in another spelling
 * (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-request-tracing.html).
 */
import { randomBytes } from 'node:crypto';
import { headerValue } from './headers.ts';

export interface TraceContext {
  /** 32 hex digits. */
  readonly traceId: string;
  /** 16 hex digits: the span that the request comes from. */
  readonly spanId: string;
  /** Two hex digits. */
  readonly flags: string;
}

const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;
const AMZN_ROOT = /Root=1-([0-9a-f]{8})-([0-9a-f]{24})/;

/** What the request brought, or a trace that begins here. */
export function traceContext(headers: readonly string[]): TraceContext {
  const parent = TRACEPARENT.exec(headerValue(headers, 'traceparent') ?? '');
  if (parent !== null) {
    const [, traceId = '', spanId = '', flags = ''] = parent;
    return { traceId, spanId, flags };
  }
  const spanId = randomBytes(8).toString('hex');
  const [, time, unique] = AMZN_ROOT.exec(headerValue(headers, 'x-amzn-trace-id') ?? '') ?? [];
  const root = time === undefined || unique === undefined ? null : `${time}${unique}`;
  return { traceId: root ?? randomBytes(16).toString('hex'), spanId, flags: '01' };
}

export function traceparent({ traceId, spanId, flags }: TraceContext): string {
  return `00-${traceId}-${spanId}-${flags}`;
}
