/**
 * Traffic without gateways: healthy targets in every group, metrics that follow the live weights, and captures while
 * the mirror is open. For runs that test the cutover's own calls, not its services.
 */
import { CAPTURE_VERSION, type CaptureRecord } from '../../capture/format/index.ts';
import type { LocalCloud } from '../cloud/index.ts';

const MINUTE_MS = 60_000;
const REQUESTS_A_MINUTE = 600;
const CAPTURES_A_FEED = 20;

/** Starts at once; the returned function stops it. */
export function syntheticTraffic(cloud: LocalCloud): () => void {
  for (const group of cloud.model.targetGroups.values())
    for (const port of [1, 2]) group.targets.push({ host: '127.0.0.1', port, health: 'healthy' });
  return cloud.clock.every(MINUTE_MS / 2, () => feedMinute(cloud));
}

/** Both sides answer their share successfully. The mirror's share is answered by its primary, and captured. */
function feedMinute(cloud: LocalCloud): void {
  const at = cloud.clock.now();
  const { deployment, metrics, model } = cloud;
  const [mirrored] = deployment.rules;
  const groups = model.rules.get(mirrored?.arn ?? '')?.forward.groups ?? [];
  const total = groups.reduce((sum, g) => sum + g.weight, 0);
  for (const { targetGroupArn, weight } of groups) {
    const fullName = model.targetGroups.get(targetGroupArn)?.fullName ?? '';
    const LoadBalancer = deployment.loadBalancer.fullName;
    const record = (name: string, value: number, dimensions: Record<string, string>) =>
      metrics.record({ namespace: 'AWS/ApplicationELB', name, dimensions, value, at });
    const requests = total === 0 ? 0 : Math.round((REQUESTS_A_MINUTE / 2) * (weight / total));
    record('HealthyHostCount', 2, { LoadBalancer, TargetGroup: fullName });
    record('UnHealthyHostCount', 0, { LoadBalancer, TargetGroup: fullName });
    for (let i = 0; i < requests; i++) {
      for (const dimensions of [{ LoadBalancer }, { LoadBalancer, TargetGroup: fullName }])
        record('RequestCount', 1, dimensions);
      record('TargetResponseTime', 0.02, { LoadBalancer, TargetGroup: fullName });
    }
    if (requests > 0 && targetGroupArn === deployment.targetGroups.mirrorForward?.arn) capture(cloud, at);
  }
}

function capture({ firehose, metrics, streamName, deployment }: LocalCloud, at: number): void {
  const dimensions = { Ingress: deployment.ingressId };
  metrics.record({ namespace: 'Crossfade', name: 'MirrorCopies', dimensions, value: CAPTURES_A_FEED, at });
  const Records = sampleCaptures(deployment.ingressId, at, CAPTURES_A_FEED).map((record) => ({
    Data: Buffer.from(JSON.stringify(record)).toString('base64'),
  }));
  void firehose.operations.PutRecordBatch?.({ DeliveryStreamName: streamName, Records });
}

/** Captures with equal answers, as a mirror would write them. @param at milliseconds since the epoch */
export function sampleCaptures(ingress: string, at: number, count: number): CaptureRecord[] {
  const leg: CaptureRecord['stable'] = {
    outcome: 'response',
    status: 200,
    headers: [['Content-Type', 'application/json']],
    body: { encoding: 'utf8', data: '{"ok":true}', bytes: 11, truncated: false },
    timing: { firstByteMs: 20, totalMs: 21 },
  };
  return Array.from({ length: count }, (_, i) => ({
    v: CAPTURE_VERSION,
    ingress,
    requestId: `${at}-${i}`,
    at: new Date(at).toISOString(),
    route: 'GET /items',
    request: { method: 'GET', target: '/items' },
    primary: 'stable',
    stable: leg,
    candidate: leg,
  }));
}
