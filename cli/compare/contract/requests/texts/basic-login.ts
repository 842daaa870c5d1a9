/** The header field for a login with name and password (RFC 7617). */

/** A value that is filled in later (`{{env:PASSWORD}}`) is encoded then. */
export function basicLogin(name: string, password: string): [string, string] {
  const pair = `${name}:${password}`;
  return ['Authorization', `Basic ${pair.includes('{{') ? pair : Buffer.from(pair).toString('base64')}`];
}

/** The login before the host of a URL, as clients send it; null if there is none. */
export function loginIn(url: string): [string, string] | null {
  const [, pair = ''] = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)@/i.exec(url) ?? [];
  const [name = '', password = ''] = pair.split(/:(.*)/s).map(decoded);
  return pair === '' ? null : basicLogin(name, password);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
