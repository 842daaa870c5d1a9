/** The field of a login by name and password (RFC 7617). */

/** With a value that is filled in later (`{{env:PASSWORD}}`), it is encoded then. */
export function basicLogin(name: string, password: string): [string, string] {
  const pair = `${name}:${password}`;
  return ['Authorization', `Basic ${pair.includes('{{') ? pair : Buffer.from(pair).toString('base64')}`];
}

/** What stands before the host of a URL, as clients send it; null: nothing does. */
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
