/** Header fields that Crossfade's own parts use among themselves. */

/** Marks a copy. If a client sends it, it is removed, so that nobody can make a request look like a copy. */
export const SHADOW_FIELD = 'x-shadow';
/**
 * Prefix of the fields by which the mirror's parts communicate. Fields from anybody else are neither trusted nor passed
 * on.
 */
export const OWN_FIELDS = 'x-crossfade-';

/**
 * Fields that frame, route or mark a message have no meaning after it (RFC 9110, 6.5.1), but a server that merges
 * trailers into the fields would trust them, so trailers with these names are removed. In lower case; the regular
 * expression is also valid for RE2.
 */
export const NEVER_A_TRAILER = `(?:content-length|transfer-encoding|connection|te|trailer|upgrade|expect|host|${SHADOW_FIELD}|(?:${OWN_FIELDS}|x-envoy-).*)`;
