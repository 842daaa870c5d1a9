/**
 * X-Amzn-Trace-Id as ALB creates and extends it:
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-request-tracing.html
 */
import { randomBytes } from 'node:crypto';

/** Without a header, `Root` is generated; with one, `Self` is put in front of it. */
export function traceHeader(incoming: string | undefined, now: number): string {
  const id = `1-${Math.floor(now / 1000).toString(16)}-${randomBytes(12).toString('hex')}`;
  if (incoming === undefined) return `Root=${id}`;
  return incoming.includes('Root=') ? `Self=${id};${incoming}` : `Root=${id};${incoming}`;
}
