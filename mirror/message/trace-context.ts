/**
 * The request's trace: W3C `traceparent` (https://www.w3.org/TR/trace-context/) where there is one, otherwise the load
 * balancer's `X-Amzn-Trace-Id`, whose Root is the same 32 hex digits in another spelling
 * (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-request-tracing.html).
 */
import { randomUUID } from 'node:crypto';
import type { RequestHead } from './headers.ts';

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

/** Continues the trace that the request carries, or begins a new one. */
export function traceContext({ traceparent, amznTraceId }: RequestHead): TraceContext {
  const parent = traceparent === undefined ? null : TRACEPARENT.exec(traceparent);
  if (parent !== null) {
    const [, traceId = '', spanId = '', flags = ''] = parent;
    return { traceId, spanId, flags };
  }
  const [, time, unique] = amznTraceId === undefined ? [] : (AMZN_ROOT.exec(amznTraceId) ?? []);
  const root = time === undefined || unique === undefined ? null : `${time}${unique}`;
  // The last 16 digits, because the first ones of a UUID contain its version.
  return { traceId: root ?? randomDigits(), spanId: randomDigits().slice(16), flags: '01' };
}

export function traceparentOf({ traceId, spanId, flags }: TraceContext): string {
  return `00-${traceId}-${spanId}-${flags}`;
}

/**
 * 32 hex digits, 122 bits of which are random. Node keeps entropy for UUIDs at hand, while randomBytes fetches it each
 * time.
 */
function randomDigits(): string {
  return randomUUID().replaceAll('-', '');
}
