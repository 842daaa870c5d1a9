/**
 * Creates captures in place of a mirror, which would require an image to be built: equal answers of both sides, until
 * there are enough.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { FirehoseClient, PutRecordBatchCommand } from '@aws-sdk/client-firehose';
import { sampleCaptures } from '../../rehearsal/chaos/index.ts';
import { asError } from '../shared/index.ts';
import { type AcceptanceSite, clientOptions } from './account.ts';

const CAPTURES = 20;
const PAUSE_MS = 2_000;

/**
 * Runs until the signal aborts. If the account does not accept a batch, the next one follows: an unhandled failure
 * would end the process and leave everything that was created.
 * @returns why the last batch was not accepted; null if it was
 */
export async function feedCaptures(site: AcceptanceSite, ingress: string, signal: AbortSignal): Promise<Error | null> {
  const firehose = new FirehoseClient(clientOptions(site));
  const cloudWatch = new CloudWatchClient(clientOptions(site));
  const feed = async () => {
    const Records = sampleCaptures(ingress, site.now(), CAPTURES).map((record) => ({
      Data: Buffer.from(JSON.stringify(record)),
    }));
    await firehose.send(new PutRecordBatchCommand({ DeliveryStreamName: site.stream, Records }));
    const MetricData = [
      { MetricName: 'MirrorCopies', Dimensions: [{ Name: 'Ingress', Value: ingress }], Value: CAPTURES },
    ];
    await cloudWatch.send(new PutMetricDataCommand({ Namespace: 'Crossfade', MetricData }));
  };
  let failure: Error | null = null;
  while (!signal.aborted) {
    failure = await feed().then(() => null, asError);
    await delay(PAUSE_MS, undefined, { signal }).catch(() => {});
  }
  firehose.destroy();
  cloudWatch.destroy();
  return failure;
}
