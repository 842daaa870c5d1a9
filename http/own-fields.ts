/** Names of the header fields by which Crossfade's own parts know each other. */

/** Marks a copy. A client's own is stripped, so that nobody can make a request look like one. */
export const SHADOW_FIELD = 'x-shadow';
/** How the names begin by which the mirror's own parts tell each other things: nobody else's are believed, or go further. */
export const OWN_FIELDS = 'x-crossfade-';
