/**
 * The configuration of every client: few attempts and short timeouts, so that a handler ends well before its own
 * timeout.
 */

/** A slow connection must not use up a rollback's minute: 3 attempts of at most 4 s leave time for what follows. */
export const CLIENT_OPTIONS = {
  maxAttempts: 3,
  // Without the last option, the SDK only warns about a request that hangs, and keeps waiting.
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
} as const;
