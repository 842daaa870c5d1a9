/**
 * Cookies of one side, as a browser stores them for one host (RFC 6265, 5.3 and 5.4), regardless of who may read them.
 */
import { getSetCookies, Headers } from 'undici';

interface Kept {
  readonly value: string;
  readonly path: string;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

export class CookieJar {
  readonly #kept = new Map<string, Kept>();

  /** @param headers of an answer, names and values alternating */
  keep(headers: readonly string[], target: string, now: number): void {
    const fields = new Headers();
    for (let i = 0; i + 1 < headers.length; i += 2)
      if (headers[i]?.toLowerCase() === 'set-cookie') fields.append('set-cookie', headers[i + 1] ?? '');
    for (const { name, value, path, maxAge, expires } of getSetCookies(fields)) {
      const until = maxAge === undefined ? (expires === undefined ? Infinity : Number(expires)) : now + maxAge * 1000;
      this.#kept.set(name, { value, path: path ?? folderOf(target), until });
    }
  }

  /** Value of the Cookie field for a request, or null. */
  fieldFor(target: string, now: number): string | null {
    const path = target.replace(/[?#].*$/s, '');
    const cookies = [...this.#kept]
      .filter(([, kept]) => kept.until > now && isBelow(path, kept.path))
      .map(([name, { value }]) => `${name}=${value}`);
    return cookies.length === 0 ? null : cookies.join('; ');
  }

  get(name: string): string | undefined {
    return this.#kept.get(name)?.value;
  }
}

function folderOf(target: string): string {
  const path = target.replace(/[?#].*$/s, '');
  return path.slice(0, Math.max(1, path.lastIndexOf('/')));
}

function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}
