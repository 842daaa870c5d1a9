/** Calls operators' own providers, which answer any request in JSON: over signed HTTP, or as a function. */

import { createHmac } from 'node:crypto';
import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { SourceError } from '../../core/metrics/index.ts';
import { fetchJson } from './bounded-fetch.ts';
import type { Credentials } from './secrets.ts';

/** One request and one answer within the time limit. @throws {@link SourceError}, or what the client throws */
export type ProviderCall = (request: unknown) => Promise<unknown>;

export interface HttpProvider {
  readonly url: string;
  readonly timeoutSeconds: number;
}

/** Signs with `X-Crossfade-Signature: sha256=<hex HMAC of the body>` if the provider's secret has a key. */
export function httpCaller({ url, timeoutSeconds }: HttpProvider, credentials: Credentials): ProviderCall {
  return async (request) => {
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
  };
}

export interface FunctionProvider {
  readonly functionArn: string;
  readonly timeoutSeconds: number;
}

/** A function may be in a VPC, unlike the functions of a cutover. */
export function lambdaCaller(
  client: Pick<LambdaClient, 'send'>,
  { functionArn, timeoutSeconds }: FunctionProvider,
): ProviderCall {
  return async (request) => {
    const command = new InvokeCommand({ FunctionName: functionArn, Payload: Buffer.from(JSON.stringify(request)) });
    const abortSignal = AbortSignal.timeout(timeoutSeconds * 1000);
    const { FunctionError, Payload } = await client.send(command, { abortSignal }).catch((cause: unknown) => {
      if (abortSignal.aborted) throw new SourceError(`it did not answer within ${timeoutSeconds} s`, { cause });
      throw cause;
    });
    if (FunctionError !== undefined) throw new SourceError('its function failed; its log says why');
    try {
      return JSON.parse(Buffer.from(Payload ?? []).toString('utf8'));
    } catch (cause) {
      throw new SourceError('its answer is not JSON', { cause });
    }
  };
}
