/** The credentials of a provider: a secret in Secrets Manager, read when needed and cached for five minutes. */

import { validateHeaderName, validateHeaderValue } from 'node:http';
import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';
import { SourceError } from '../../core/metrics/index.ts';
import { aws } from '../aws/calls/index.ts';

/** The message with which `fetch` refuses a value quotes it, so such values must not come that far. */
function canBeSent(headers: Readonly<Record<string, string>>): boolean {
  try {
    for (const [name, value] of Object.entries(headers)) {
      validateHeaderName(name);
      validateHeaderValue(name, value);
    }
    return true;
  } catch {
    return false;
  }
}

const secretSchema = z.strictObject({
  /** Header fields to send with each request. */
  headers: z.record(z.string(), z.string().trim()).refine(canBeSent).default({}),
  /** Signs the bodies of requests to an HTTP provider. */
  signingKey: z.string().min(16).optional(),
});
type Secret = z.infer<typeof secretSchema>;

export type Credentials = () => Promise<Secret>;

const KEEP_MS = 300_000;

export const noCredentials: Credentials = async () => ({ headers: {} });

export function secretOf(
  client: Pick<SecretsManagerClient, 'send'>,
  secretArn: string,
  now: () => number,
): Credentials {
  let kept: { readonly secret: Secret; readonly at: number } | undefined;
  return async () => {
    if (kept !== undefined && now() - kept.at < KEEP_MS) return kept.secret;
    const { SecretString } = await aws('GetSecretValue', () =>
      client.send(new GetSecretValueCommand({ SecretId: secretArn })),
    );
    kept = { secret: parse(SecretString ?? ''), at: now() };
    return kept.secret;
  };
}

/** @throws SourceError that quotes nothing of the secret */
function parse(text: string): Secret {
  try {
    const parsed = secretSchema.safeParse(JSON.parse(text));
    if (parsed.success) return parsed.data;
  } catch {
    // A parser's message would quote the secret.
  }
  throw new SourceError(
    'its secret must be JSON with "headers" that HTTP can carry and, if requests are to be signed, a "signingKey" of 16 characters or more',
  );
}
