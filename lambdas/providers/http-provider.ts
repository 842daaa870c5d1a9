/** A provider of one's own over HTTP. Its requests are signed where its secret has a key. */
import { createHmac } from 'node:crypto';
import type { IngressId } from '../../core/model/index.ts';
import { pointsOf, requestOf } from './answer.ts';
import { fetchJson } from './bounded-fetch.ts';
import type { HttpSource } from './prometheus.ts';
import type { Credentials } from './secrets.ts';
import type { PointSource } from './source.ts';

export function httpSource(ingress: IngressId, provider: HttpSource, credentials: Credentials): PointSource {
  return async (query, range, asked) =>
    pointsOf(await postSigned(provider, credentials, requestOf(ingress, query, range, asked)), range);
}

/** `X-Crossfade-Signature: sha256=<hex HMAC of the body>`. @throws SourceError */
async function postSigned(
  { url, timeoutSeconds }: HttpSource,
  credentials: Credentials,
  request: unknown,
): Promise<unknown> {
  const { headers, signingKey } = await credentials();
  const body = JSON.stringify(request);
  const signature =
    signingKey === undefined
      ? {}
      : { 'x-crossfade-signature': `sha256=${createHmac('sha256', signingKey).update(body).digest('hex')}` };
  return fetchJson(new URL(url), {
    method: 'POST',
    headers: { ...headers, ...signature, 'content-type': 'application/json' },
    body,
    timeoutMs: timeoutSeconds * 1000,
  });
}
