/** What the backfill needs. */
import { S3Client } from '@aws-sdk/client-s3';
import type { Deployment } from '../../core/model/index.ts';
import { CLIENT_OPTIONS } from '../aws/calls/index.ts';
import { type CaptureObjects, s3CaptureObjects } from '../aws/capture-objects.ts';
import { type Counting, counting } from './counting.ts';

export interface BackfillDeps extends Counting {
  readonly objects: CaptureObjects;
}

/**
 * Milliseconds. The rules are read for every object, because a backfill is usually started right after they have
 * changed.
 */
const NOT_CACHED = 0;

export function backfillDeps(deployment: Deployment): BackfillDeps {
  return { ...counting(deployment, NOT_CACHED), objects: s3CaptureObjects(new S3Client(CLIENT_OPTIONS)) };
}
