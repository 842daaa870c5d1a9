/** X-Amzn-Trace-Id as ALB mints and extends it: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-request-tracing.html */
import { randomBytes } from 'node:crypto';

/** Without a header, `Root` is minted; with one, `Self` is put in front of what came. */
export function traceHeader(incoming: string | undefined, now: number): string {
  const id = `1-${Math.floor(now / 1000).toString(16)}-${randomBytes(12).toString('hex')}`;
  if (incoming === undefined) return `Root=${id}`;
  return incoming.includes('Root=') ? `Self=${id};${incoming}` : `Root=${id};${incoming}`;
}
