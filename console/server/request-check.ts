/** Accepts only requests that this console's own page makes, and none from other pages. */
import type { IncomingMessage } from 'node:http';

export interface RequestRefusal {
  readonly status: 403 | 415;
  readonly error: string;
}

/**
 * Detects DNS rebinding by the Host field, and requests of other pages by Origin or Sec-Fetch-Site
 * (https://www.w3.org/TR/fetch-metadata/). Changes must be requested in JSON, which a form cannot send.
 */
export function requestRefusal(
  request: Pick<IncomingMessage, 'headers' | 'method'>,
  port: number,
): RequestRefusal | null {
  const { host, origin, 'sec-fetch-site': site, 'content-type': type } = request.headers;
  const own = [`127.0.0.1:${port}`, `localhost:${port}`];
  if (host === undefined || !own.includes(host))
    return { status: 403, error: `This console is at ${own[0]}, and answers to no other name.` };
  if (origin !== undefined && origin !== `http://${host}`)
    return { status: 403, error: 'A page of another origin may not use this console.' };
  if (site === 'cross-site' || site === 'same-site') {
    // Following the link from a chat or a mail is allowed: it opens the page, which contains no data itself.
    if (request.method !== 'GET' || request.headers['sec-fetch-mode'] !== 'navigate')
      return { status: 403, error: 'A page of another site may not use this console.' };
  }
  if (request.method !== 'POST') return null;
  if (origin === undefined) return { status: 403, error: 'A change must name its origin.' };
  if (type?.split(';')[0]?.trim() !== 'application/json')
    return { status: 415, error: 'Requests for changes must be JSON.' };
  return null;
}
