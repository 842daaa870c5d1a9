/** How an acceptance handles an account that refuses its requests: it ends, and can remove what it created. */
import type { S3Client } from '@aws-sdk/client-s3';
import { ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { emptyBucket } from '../../cli/accept/aws-removal.ts';
import { feedCaptures } from '../../cli/accept/feed-captures.ts';
import { awsClient } from '../support/aws-client.ts';

describe('an acceptance', () => {
  it('is not asked for ever to delete an object that S3 keeps', async () => {
    let lists = 0;
    const send = async (command: object) => {
      if (!(command instanceof ListObjectVersionsCommand))
        return { Errors: [{ Key: 'pairs/1', Code: 'AccessDenied', Message: 'locked' }] };
      if (++lists > 3) throw new Error('listed again and again');
      return { Versions: [{ Key: 'pairs/1', VersionId: '1' }] };
    };
    const bucket = emptyBucket(awsClient<S3Client>(send), 'captures');
    await expect(bucket).rejects.toThrow('S3 keeps pairs/1 of bucket captures: AccessDenied locked');
  });

  it('outlives a stream that does not take its captures, and says why', async () => {
    const site = {
      url: 'http://127.0.0.1:9',
      queueUrl: '',
      stream: 'captures',
      environment: {
        AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
        AWS_REGION: 'us-east-1',
        AWS_ACCESS_KEY_ID: 'k',
        AWS_SECRET_ACCESS_KEY: 's',
      },
      now: Date.now,
    };
    const end = new AbortController();
    const fed = feedCaptures(site, 'accept-1', end.signal);
    // While nothing awaits `fed`, an unhandled rejection would end the process.
    await new Promise((resolve) => setTimeout(resolve, 50));
    end.abort();
    expect((await fed)?.message).toContain('ECONNREFUSED');
  });
});
