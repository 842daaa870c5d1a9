/** What the backfill is given, built once per process on first use. */
import { S3Client } from '@aws-sdk/client-s3';
import type { BackfillDeps } from '../parity-backfill.ts';
import { CLIENT_OPTIONS } from './clients.ts';
import { counting } from './counting.ts';
import { s3PairObjects } from './pair-objects.ts';

/** Milliseconds. Rules are read for every object: a backfill is started because they have just changed. */
const NOT_CACHED = 0;

let built: BackfillDeps | undefined;

export function parityBackfillDeps(): BackfillDeps {
  built ??= { ...counting(NOT_CACHED), objects: s3PairObjects(new S3Client(CLIENT_OPTIONS)) };
  return built;
}
