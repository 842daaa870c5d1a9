/**
 * References as their readers take them. Nearly every service reads the pairs of a query by name, as in forms (WHATWG
 * URL, 5.1).
 */

/** Normalises the order and the spelling of the pairs; pairs with the same name keep their order. */
export function withQueryAsRead(reference: string): string {
  return reference.replace(/\?([^#]*)/, (_, query: string) => {
    const pairs = query
      .split('&')
      .map(writtenInOneWay)
      .map((pair) => [pair.split('=', 1)[0] ?? '', pair] as const);
    return `?${pairs
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([, pair]) => pair)
      .join('&')}`;
  });
}

/** Normalises escapes: one case, and none for characters that need no escape (RFC 3986, 6.2.2). */
export function withEscapesAsRead(reference: string): string {
  return withoutEscapesOf(/[\w.~-]/, reference);
}

function writtenInOneWay(pair: string): string {
  return withoutEscapesOf(NEED_NO_ESCAPE, pair.replaceAll(/[+ ]/g, '%20'));
}

function withoutEscapesOf(needNone: RegExp, text: string): string {
  return text.replaceAll(/%[0-9a-f]{2}/gi, (escaped) => {
    const character = String.fromCharCode(Number.parseInt(escaped.slice(1), 16));
    return needNone.test(character) ? character : escaped.toUpperCase();
  });
}

/**
 * Characters that need no escape within a pair. `;` is not included, because older parsers split pairs there and Go
 * drops such pairs.
 */
const NEED_NO_ESCAPE = /[\w.~!'()*,:@/?$[\]-]/;
