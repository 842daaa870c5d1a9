/** A provider of one's own as a function, which may stand in a VPC where this one does not. */
import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type { IngressId } from '../../core/model/index.ts';
import { pointsOf, requestOf } from './answer.ts';
import { type PointSource, SourceError } from './source.ts';

export interface FunctionSource {
  readonly functionArn: string;
  readonly timeoutSeconds: number;
}

export function lambdaSource(
  client: Pick<LambdaClient, 'send'>,
  ingress: IngressId,
  provider: FunctionSource,
): PointSource {
  return async (query, range, asked) =>
    pointsOf(await invoke(client, provider, requestOf(ingress, query, range, asked)), range);
}

/** @throws SourceError, or what the SDK throws */
async function invoke(
  client: Pick<LambdaClient, 'send'>,
  { functionArn, timeoutSeconds }: FunctionSource,
  request: unknown,
): Promise<unknown> {
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
}
