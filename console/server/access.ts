/** Who may ask: whoever opened the link gets a session for its token, once. Both are random, compared in constant time, and die with the process. */
import { randomBytes, timingSafeEqual } from 'node:crypto';

const BYTES = 32;

export class SessionAccess {
  /** Stands in the link, behind `#`: it is in no request line, no Referer and no log. */
  readonly token = randomBytes(BYTES).toString('base64url');
  /** For a scraper, which can open no link; it reads figures and nothing else. */
  readonly scrapeToken = randomBytes(BYTES).toString('base64url');
  readonly #session = randomBytes(BYTES).toString('base64url');
  #used = false;

  /** The session for the token; null for any other, and for one that was used. */
  exchange(token: string): string | null {
    if (this.#used || !same(token, this.token)) return null;
    this.#used = true;
    return this.#session;
  }

  /** @param authorization header field, `Bearer` and the session */
  admits(authorization: string | undefined): boolean {
    return authorization !== undefined && same(authorization, `Bearer ${this.#session}`);
  }

  /** @param authorization header field, `Bearer` and {@link scrapeToken} */
  admitsScrape(authorization: string | undefined): boolean {
    return authorization !== undefined && same(authorization, `Bearer ${this.scrapeToken}`);
  }
}

function same(a: string, b: string): boolean {
  const [one, other] = [Buffer.from(a), Buffer.from(b)];
  return one.length === other.length && timingSafeEqual(one, other);
}
