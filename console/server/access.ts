/**
 * Controls access: whoever opens the link exchanges its token for a session, once. Both are random, compared in
 * constant time, and end with the process.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';

const BYTES = 32;

export class SessionAccess {
  /** Placed in the link after `#`, so that it appears in no request line, Referer or log. */
  readonly token = randomBytes(BYTES).toString('base64url');
  /** For a scraper, which cannot open a link. It gives access to the metrics only. */
  readonly scrapeToken = randomBytes(BYTES).toString('base64url');
  readonly #session = randomBytes(BYTES).toString('base64url');
  #used = false;

  /** The session for the token; null if the token is wrong or was already used. */
  exchange(token: string): string | null {
    if (this.#used || !same(token, this.token)) return null;
    this.#used = true;
    return this.#session;
  }

  /** @param authorization header field: `Bearer` and the session */
  admits(authorization: string | undefined): boolean {
    return authorization !== undefined && same(authorization, `Bearer ${this.#session}`);
  }

  /** @param authorization header field: `Bearer` and {@link scrapeToken} */
  admitsScrape(authorization: string | undefined): boolean {
    return authorization !== undefined && same(authorization, `Bearer ${this.scrapeToken}`);
  }
}

function same(a: string, b: string): boolean {
  const [one, other] = [Buffer.from(a), Buffer.from(b)];
  return one.length === other.length && timingSafeEqual(one, other);
}
