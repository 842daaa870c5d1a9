/** Names of the header fields by which Crossfade's own parts know each other. */

/** Marks a copy. A client's own is stripped, so that nobody can make a request look like one. */
export const SHADOW_FIELD = 'x-shadow';
/** How the names begin by which the mirror's own parts tell each other things: nobody else's are believed, or go further. */
export const OWN_FIELDS = 'x-crossfade-';

/**
 * Fields that frame, route or mark a message mean nothing after it (RFC 9110, 6.5.1), and a server that merges trailers into the fields would
 * believe them: a trailer of these names goes no further. Lower case; a regular expression that RE2 knows too.
 */
export const NEVER_A_TRAILER = `(?:content-length|transfer-encoding|connection|te|trailer|upgrade|expect|host|${SHADOW_FIELD}|(?:${OWN_FIELDS}|x-envoy-).*)`;
