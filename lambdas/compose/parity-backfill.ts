/** What the backfill is given, built once per process on first use. */
import { S3Client } from '@aws-sdk/client-s3';
import { CLIENT_OPTIONS } from '../aws/calls/index.ts';
import { type PairObjects, s3PairObjects } from '../aws/pair-objects.ts';
import { type Counting, counting } from './counting.ts';

export interface BackfillDeps extends Counting {
  readonly objects: PairObjects;
}

/** Milliseconds. Rules are read for every object: a backfill is started because they have just changed. */
const NOT_CACHED = 0;

let built: BackfillDeps | undefined;

export function parityBackfillDeps(): BackfillDeps {
  built ??= { ...counting(NOT_CACHED), objects: s3PairObjects(new S3Client(CLIENT_OPTIONS)) };
  return built;
}
