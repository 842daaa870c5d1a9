/** Makes captures instead of a mirror, which would need an image to be built: equal answers of both sides, until there are enough. */
import { setTimeout as delay } from 'node:timers/promises';
import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { FirehoseClient, PutRecordBatchCommand } from '@aws-sdk/client-firehose';
import { sampleCaptures } from '../../rehearsal/chaos/index.ts';
import { type AcceptanceSite, clientOptions } from './account.ts';

const CAPTURES = 20;
const PAUSE_MS = 2_000;

/** Ends when the signal aborts. */
export async function feedCaptures(site: AcceptanceSite, ingress: string, signal: AbortSignal): Promise<void> {
  const firehose = new FirehoseClient(clientOptions(site));
  const cloudWatch = new CloudWatchClient(clientOptions(site));
  try {
    while (!signal.aborted) {
      const Records = sampleCaptures(ingress, site.now(), CAPTURES).map((record) => ({
        Data: Buffer.from(JSON.stringify(record)),
      }));
      await firehose.send(new PutRecordBatchCommand({ DeliveryStreamName: site.stream, Records }));
      const MetricData = [
        { MetricName: 'MirrorCopies', Dimensions: [{ Name: 'Ingress', Value: ingress }], Value: CAPTURES },
      ];
      await cloudWatch.send(new PutMetricDataCommand({ Namespace: 'Crossfade', MetricData }));
      await delay(PAUSE_MS, undefined, { signal }).catch(() => {});
    }
  } finally {
    firehose.destroy();
    cloudWatch.destroy();
  }
}
