/** Dates of header fields, in the notations that every reader must know (RFC 9110, 5.6.7). */

/** Each begins with the day of the week; asctime's names no zone. */
const HTTP_DATE = /^[a-z]{3,9},? .*\d:\d\d/i;

/** Milliseconds since 1970; null where readers find no date, as in RFC 3339. */
export function httpDate(text: string): number | null {
  if (!HTTP_DATE.test(text)) return null;
  const ms = Date.parse(/\d:\d\d:\d\d \d{4}$/.test(text) ? `${text} GMT` : text);
  return Number.isNaN(ms) ? null : ms;
}
