/**
 * Parity transform: compares captures, counts them for the run that owns the ingress, and stores each verdict with its
 * capture.
 */
import type { FirehoseTransformationEvent, FirehoseTransformationResult } from 'aws-lambda';
import { decodeContent } from '../capture/bytes/index.ts';
import { compareRecord } from '../parity/compare/index.ts';
import { NO_NOISE, type RouteTallies, suppressNoise, totalOf } from '../parity/tally/index.ts';
import { composed } from './compose/deployment.ts';
import { type TransformDeps, transformDeps } from './compose/parity-transform.ts';
import { judgeBatch } from './events/index.ts';
import { parityMetrics } from './tasks/index.ts';

/**
 * Rejects if the counts could not be stored. Firehose then delivers the batch again, up to three times, and captures
 * that were already counted are not counted twice. Uncounted captures would silently be missing in the sign-off.
 */
export function makeHandler({ deployment, ledger, rules, store, noise, emit }: TransformDeps) {
  return async (event: FirehoseTransformationEvent): Promise<FirehoseTransformationResult> => {
    const { version, compiled } = await rules.effective();
    const options = { decode: decodeContent, rules: compiled };
    const { records, judged, refused } = judgeBatch(event, (record) => compareRecord(record, options));
    const owner = await ledger.read(deployment.ingressId);
    if (owner?.status !== 'running') {
      emit(...parityMetrics(suppressNoise(totalOf(judged.map((j) => j.routes))), refused));
      return { records };
    }
    const series = { cutoverId: owner.cutoverId, rules: version };
    // Read before anything is counted: if it fails, the batch is delivered again, together with its figures.
    const known = judged.some(({ routes }) => differ(routes)) ? await noise.of(series) : NO_NOISE;
    const counted = await store.add(series, judged);
    noise.add(series, counted);
    emit(...parityMetrics(suppressNoise(counted, known), refused));
    return { records };
  };
}

function differ(routes: RouteTallies): boolean {
  return Object.values(routes).some(({ breaking, undecided }) => breaking + undecided > 0);
}

export const compose = composed(transformDeps);
export const handler = (event: FirehoseTransformationEvent) => makeHandler(compose())(event);
