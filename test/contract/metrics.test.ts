import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UNKNOWN } from '../../core/model/evidence.ts';
import { ingressIdSchema } from '../../core/model/ids.ts';
import { cloudWatchMetrics } from '../../lambdas/aws/cloudwatch/metrics.ts';
import { mirrorCopies } from '../../lambdas/aws/cloudwatch/mirror-copies.ts';
import type { Side } from '../../sides/index.ts';
import { type Backend, ourBackend } from './backends.ts';

describe('metrics over our cloud', () => {
  let backend: Backend;
  const NOW = Date.UTC(2026, 10, 24, 9);
  const minute = (n: number) => NOW - n * 60_000;
  beforeAll(async () => {
    backend = await ourBackend();
  });
  afterAll(() => backend.stop());
  const put = (side: Side, name: string, at: number, value: number) =>
    backend.metrics?.record({
      namespace: 'AWS/ApplicationELB',
      name,
      dimensions: { LoadBalancer: 'app/lb/1', TargetGroup: `targetgroup/${side}/1` },
      value,
      at,
    });

  it('bring both sides on the same minutes: absent errors are unknown, and so are lost response times; absent requests are a gap, the newest minute is left out', async () => {
    for (const n of [3, 2, 1, 0]) {
      for (let i = 0; i < 10; i++) put('stable', 'RequestCount', minute(n), 1);
      put('stable', 'TargetResponseTime', minute(n), 0.1);
    }
    put('stable', 'TargetResponseTime', minute(3), 0.9);
    put('candidate', 'RequestCount', minute(2), 1);
    put('candidate', 'HTTPCode_Target_5XX_Count', minute(2), 1);
    put('candidate', 'TargetConnectionErrorCount', minute(1), 4);
    const metrics = cloudWatchMetrics(backend.cloudWatch, backend.deployment);
    const unknown = { target5xx: UNKNOWN, connectionErrors: UNKNOWN };
    const stable = (slow = 0) => ({ requests: 10, ...unknown, slow });
    const balancer = { elb5xx: UNKNOWN, mirror: null };
    expect(await metrics.minutes({ from: minute(3), to: NOW + 40_000 }, 500)).toEqual([
      { minute: minute(3), stable: stable(1), candidate: null, ...balancer },
      {
        minute: minute(2),
        stable: stable(),
        candidate: { requests: 1, ...unknown, target5xx: 1, slow: null },
        ...balancer,
      },
      {
        minute: minute(1),
        stable: stable(),
        candidate: { requests: 4, ...unknown, connectionErrors: 4, slow: 0 },
        ...balancer,
      },
    ]);
  });

  it('say what the mirror wanted to copy and what was lost of it, over hours as over minutes; choices are no losses', async () => {
    const ingress = ingressIdSchema.parse('gateway');
    const tell = (name: string, value: number, n: number, Reason?: string) => {
      const dimensions = { Ingress: ingress, ...(Reason === undefined ? {} : { Reason }) };
      backend.metrics?.record({ namespace: 'Crossfade', name, dimensions, value, at: minute(n) });
    };
    const recorder = { 'recorder-busy': 0, 'recorder-slow': 0, 'recorder-down': 0 };
    const none = { busy: 0, breaker: 0, oversize: 0, ...recorder, error: 0, queue: 0, sink: 0, 'not comparable': 0 };
    const range = { from: minute(10), to: NOW };
    expect(await mirrorCopies(backend.cloudWatch, ingress, range)).toEqual({ wanted: 0, lost: none });
    tell('MirrorCopies', 90, 3);
    tell('MirrorCopies', 10, 200);
    for (const [reason, count] of Object.entries({
      busy: 3,
      'recorder-down': 4,
      error: 5,
      sink: 2,
      sample: 50,
      method: 7,
    }))
      tell('MirrorDropped', count, 2, reason);
    tell('ParityFailed', 1, 1);
    const lost = { ...none, busy: 3, 'recorder-down': 4, error: 5, sink: 2, 'not comparable': 1 };
    expect(await mirrorCopies(backend.cloudWatch, ingress, range)).toEqual({ wanted: 102, lost });
    expect(await mirrorCopies(backend.cloudWatch, ingress, { from: minute(300), to: NOW })).toEqual({
      wanted: 112,
      lost,
    });
  });

  it('measure a baseline, or say that there is none', async () => {
    const metrics = cloudWatchMetrics(backend.cloudWatch, backend.deployment);
    expect(await metrics.baseline({ from: minute(300), to: minute(200) }, 500)).toBeNull();
    expect(await metrics.baseline({ from: minute(3), to: NOW + 40_000 }, 500)).toMatchObject({
      requests: 30,
      errorRate: 0,
      p50: expect.closeTo(100, 0),
      cpuPercent: null,
    });
  });
});
