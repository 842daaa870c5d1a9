import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { KmsThrottlingException } from '@aws-sdk/client-sfn';
import { KMSThrottlingException } from '@aws-sdk/client-sns';
import { afterEach, describe, expect, it } from 'vitest';
import { CLIENT_OPTIONS } from '../../../lambdas/aws/calls/clients.ts';
import { aws } from '../../../lambdas/aws/calls/transient.ts';

/**
 * A quarter of the timeout of the rollback's function (lib/functions), in milliseconds: its fence, its write and its
 * read-back run one after the other.
 */
const CALL_MS = 15_000;

let silent: Server | null = null;
afterEach(() => {
  silent?.close();
  silent = null;
});

/** Starts a server that accepts connections and never answers. */
async function silence(): Promise<string> {
  silent = createServer((socket) => socket.unref()).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const address = silent.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return `http://127.0.0.1:${address.port}`;
}

describe('clients of AWS', () => {
  it('give up a request that is never answered', async () => {
    const client = new DynamoDBClient({
      ...CLIENT_OPTIONS,
      maxAttempts: 1,
      requestHandler: { ...CLIENT_OPTIONS.requestHandler, requestTimeout: 30 },
      endpoint: await silence(),
      region: 'eu-central-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    });
    const get = client.send(new GetItemCommand({ TableName: 't', Key: { pk: { S: 'p' } } }));
    await expect(get).rejects.toMatchObject({ name: 'TimeoutError' });
    client.destroy();
  });

  it('ask to be tried again where another change of the same target is under way', async () => {
    const busy = Object.assign(new Error('an update is pending'), { name: 'ConcurrentUpdateException' });
    const asked = aws('RegisterScalableTarget', () => Promise.reject(busy));
    await expect(asked).rejects.toMatchObject({ name: 'Crossfade.Transient' });
  });

  it.each([
    ...[
      'BandwidthLimitExceeded',
      'EC2ThrottledException',
      'PriorRequestNotComplete',
      'ProvisionedThroughputExceededException',
    ],
    ...[
      'RequestLimitExceeded',
      'RequestThrottled',
      'RequestThrottledException',
      'RequestTimeout',
      'RequestTimeoutException',
    ],
    ...[
      'SlowDown',
      'ThrottledException',
      'Throttling',
      'ThrottlingException',
      'TimeoutError',
      'TooManyRequestsException',
    ],
    ...['TransactionInProgressException'],
  ])(
    'take for a failure that passes what the SDK does (THROTTLING_ERROR_CODES and TRANSIENT_ERROR_CODES of @smithy/core): %s',
    async (name) => {
      const error = Object.assign(new Error('busy'), { name });
      await expect(aws('Call', () => Promise.reject(error))).rejects.toMatchObject({ name: 'Crossfade.Transient' });
    },
  );

  it.each([
    [new KMSThrottlingException({ message: 'Rate exceeded', $metadata: { httpStatusCode: 400 } })],
    [new KmsThrottlingException({ message: 'Rate exceeded', $metadata: { httpStatusCode: 400 } })],
    [Object.assign(new Error('Too many'), { $metadata: { httpStatusCode: 429 } })],
  ])('take a throttle of KMS, and any 429, for one that passes: %s', async (error) => {
    await expect(aws('Call', () => Promise.reject(error))).rejects.toMatchObject({ name: 'Crossfade.Transient' });
  });

  it.each([
    'AccessDeniedException',
    'ValidationException',
    'LimitExceededException',
    'ConditionalCheckFailedException',
  ])('take %s for an answer', async (name) => {
    const error = Object.assign(new Error('no'), { name, $metadata: { httpStatusCode: 400 } });
    await expect(aws('Call', () => Promise.reject(error))).rejects.toBe(error);
  });

  it('have failed for good before the function that brings traffic back has to end', () => {
    const { maxAttempts, requestHandler } = CLIENT_OPTIONS;
    const longest = maxAttempts * (requestHandler.connectionTimeout + requestHandler.requestTimeout);
    expect(longest).toBeLessThan(CALL_MS);
    expect(maxAttempts).toBeGreaterThan(1);
  });
});
