import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { type DiagnosticsChannel, request } from 'undici';
import type { EnvoyAdmin } from './envoy-counts.ts';

/** Time limit for a call, on the loopback. */
const LIMIT_MS = 2_000;
/** undici publishes here when it has written a request, which is a turn or more after it was asked to. */
const WRITTEN = 'undici:request:bodySent';

/** Envoy's admin interface at `origin`. A call fails if Envoy does not answer within two seconds, or not with 200. */
export function envoyAdmin(origin: string): EnvoyAdmin {
  async function ask(method: 'GET' | 'POST', path: string): Promise<string> {
    const limits = { headersTimeout: LIMIT_MS, bodyTimeout: LIMIT_MS };
    const { statusCode, body } = await request(`${origin}${path}`, { method, ...limits });
    const text = await body.text();
    if (statusCode !== 200) throw new Error(`Envoy's admin answered ${statusCode} to ${path}`);
    return text;
  }
  return {
    get: (path) => ask('GET', path),
    async post(path, sent) {
      const onWritten = (message: unknown) => {
        const { request: written } = message as DiagnosticsChannel.RequestBodySentMessage;
        if (written.origin === origin && written.path === path) sent();
      };
      subscribe(WRITTEN, onWritten);
      try {
        return await ask('POST', path);
      } finally {
        unsubscribe(WRITTEN, onWritten);
      }
    },
  };
}
