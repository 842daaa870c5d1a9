/** How every client is set up: few attempts, short time-outs, so that a handler ends well before its own time-out. */

/** One slow connection must not take a rollback's minute: 3 attempts of at most 4 s, and what follows has its time. */
export const CLIENT_OPTIONS = {
  maxAttempts: 3,
  // Without the last, the SDK only warns of a request that hangs, and waits on.
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
} as const;
