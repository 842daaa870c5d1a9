/** Fetches orders from an upstream service, behind a circuit breaker. */
import CircuitBreaker from 'opossum';
import type { RequestIdentity } from './trace.ts';

/** The same values as in the Go gateway. */
const TIMEOUT_MS = 2_000;
const OPEN_MS = 5_000;

export interface Upstream {
  /** Returns the order's JSON, or null if there is none. Rejects if the upstream fails or the breaker is open. */
  order(id: string, identity: RequestIdentity): Promise<unknown>;
  /** State of the breaker: 0 closed, 0.5 half-open, 1 open. */
  breakerState(): number;
  /** Returns the number of failures since the last call. */
  takeErrors(): number;
}

export function upstream(baseUrl: string): Upstream {
  let errors = 0;
  const breaker = new CircuitBreaker((id: string, identity: RequestIdentity) => fetchOrder(baseUrl, id, identity), {
    timeout: TIMEOUT_MS,
    resetTimeout: OPEN_MS,
    volumeThreshold: 5,
    errorThresholdPercentage: 60,
  });
  breaker.on('failure', () => {
    errors++;
  });
  return {
    order: (id, identity) => breaker.fire(id, identity),
    breakerState: () => (breaker.opened ? 1 : breaker.halfOpen ? 0.5 : 0),
    takeErrors: () => {
      const taken = errors;
      errors = 0;
      return taken;
    },
  };
}

async function fetchOrder(baseUrl: string, id: string, identity: RequestIdentity): Promise<unknown> {
  const response = await fetch(new URL(`/orders/${encodeURIComponent(id)}`, baseUrl), {
    headers: {
      'x-request-id': identity.requestId,
      traceparent: identity.traceparent,
      ...(identity.amznTraceId === undefined ? {} : { 'x-amzn-trace-id': identity.amznTraceId }),
    },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (response.status === 404) return null;
  if (!response.ok) throw new Error(`upstream answered ${response.status}`);
  return response.json();
}
