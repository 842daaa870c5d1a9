import { describe, expect, it } from 'vitest';
import { evidenceCharts } from '../../console/view/evidence-path.ts';
import type { MinuteEvidence } from '../../core/model/evidence.ts';
import type { PlanInput } from '../../core/model/plan.ts';
import { MemoryWorld } from '../support/memory-world.ts';
import { present } from '../support/present.ts';
import { recordedRun, type Traffic } from '../support/recorded-run.ts';

const PLAN: PlanInput = {
  stages: [
    { percent: 10, bake: 'PT5M' },
    { percent: 50, bake: 'PT5M' },
    { percent: 100, bake: 'PT5M' },
  ],
};
const counts = (requests: number, failed = 0) => ({ requests, target5xx: failed, connectionErrors: 0, slow: 0 });
const minute = (at: number, stable: number, candidate: number, failed = 0): MinuteEvidence => ({
  minute: Math.floor(at / 60_000) * 60_000,
  stable: stable === 0 ? null : counts(stable),
  candidate: counts(candidate, failed),
  elb5xx: 0,
});
const healthy: Traffic = (stage, _minute, at) => minute(at, stage === 2 ? 0 : 9_000, 3_000);
const failing: Traffic = (stage, m, at) =>
  stage === 0 ? minute(at, 9_000, 1_000) : minute(at, 5_000, 5_000, m < 2 ? 0 : 60);
const FRAME = { from: 0, to: 1e13, marks: [] };

describe('the evidence path', () => {
  it('shows every look’s e-value and threshold, begun anew with each stage', async () => {
    const log = await recordedRun(PLAN, healthy);
    const looks = log.filter((e) => e.kind === 'observation');
    const [worse, within] = evidenceCharts(log, FRAME);
    for (const chart of [worse, within]) {
      expect(chart?.lines.map((l) => l.label)).toEqual(['errors', 'errors: threshold', 'slow', 'slow: threshold']);
      for (const line of chart?.lines ?? []) {
        expect(line.points).toHaveLength(looks.length);
        expect(line.points.filter((p) => p.begins)).toHaveLength(3);
      }
      expect(chart?.bands?.map((b) => b.label)).toEqual(['10 %', '50 %', '100 %']);
      expect(chart?.scale).toBe('log');
    }
  });

  it('crosses the threshold at the look that goes back, which is marked as worse', async () => {
    const log = await recordedRun(PLAN, failing);
    const [worse] = evidenceCharts(log, FRAME);
    const last = (label: string) => worse?.lines.find((l) => l.label === label)?.points.at(-1)?.y ?? Number.NaN;
    expect(last('errors')).toBeGreaterThanOrEqual(last('errors: threshold'));
    const marked = worse?.dots?.filter((d) => d.label === 'worse');
    expect(marked).toHaveLength(1);
    expect(marked?.[0]).toMatchObject({ shape: 'diamond', note: expect.stringContaining('Candidate is worse') });
    expect(marked?.[0]?.x).toBe(Date.parse(log.findLast((e) => e.kind === 'observation')?.at ?? ''));
  });

  it('shows the bounds of the difference against the margin only where there are two sides', async () => {
    const charts = evidenceCharts(await recordedRun(PLAN, healthy), FRAME);
    const bounds = charts.find((c) => c.title.startsWith('Error rate'));
    const of = (label: string) => bounds?.lines.find((l) => l.label === label)?.points ?? [];
    expect(of('margin').every((p) => p.y === 0.5)).toBe(true);
    expect(of('upper bound').at(-1)?.y).toBeLessThan(0.5);
    for (const [i, p] of of('upper bound').entries()) expect(p.y).toBeGreaterThanOrEqual(of('lower bound')[i]?.y ?? 0);
    expect(bounds?.between).toEqual(['lower bound', 'upper bound']);
    expect(bounds?.dots?.filter((d) => d.label === 'within margin').length).toBeGreaterThan(0);
  });

  it('draws the evidence of each metric of the plan’s own', async () => {
    const orders = {
      name: 'orders',
      kind: 'count',
      numerator: { source: 'alb', count: '2xx' },
      direction: 'lowerIsWorse',
      margin: 0.01,
      settleAfter: 'PT0S',
    } as const;
    const world = new MemoryWorld();
    world.metricBaseline = { orders: { usual: 0.03, worst: 0.02, perSecond: 100 } };
    const log = await recordedRun(
      { ...PLAN, metrics: [orders] },
      healthy,
      (w, _stage, at) => {
        const one = { minute: w.now - 60_000, stable: { n: 9_000, x: 270 }, candidate: { n: 3_000, x: 90 } };
        w.metricEvidence = [
          { name: 'orders', trouble: null, minutes: [...(at === 0 ? [] : (w.metricEvidence[0]?.minutes ?? [])), one] },
        ];
      },
      undefined,
      world,
    );
    const chart = evidenceCharts(log, FRAME).find((c) => c.title === 'Evidence of the metric orders');
    const labels = ['worse', 'worse: threshold', 'within margin', 'within margin: threshold'];
    expect(chart?.lines.map((l) => l.label)).toEqual(labels);
    expect(chart?.lines[0]?.points).toHaveLength(log.filter((e) => e.kind === 'observation').length);
    expect(chart?.dots?.map((d) => d.label)).toContain('within margin');
  });

  it('has a range of whole powers of ten that shows every threshold', async () => {
    const charts = evidenceCharts(await recordedRun(PLAN, failing), FRAME);
    for (const { range, lines } of present(charts.filter(({ scale }) => scale === 'log'))) {
      const [low = Number.NaN, high = Number.NaN] = range ?? [];
      expect([Math.log10(low), Math.log10(high)].every((power) => Math.abs(power - Math.round(power)) < 1e-9)).toBe(
        true,
      );
      for (const { y } of present(lines.filter((l) => l.dashed).flatMap((l) => l.points))) {
        expect(y).toBeGreaterThanOrEqual(low);
        expect(y).toBeLessThanOrEqual(high);
      }
    }
  });

  it('is empty for a run that the gate never looked at', () => {
    expect(evidenceCharts([], FRAME)).toEqual([]);
  });
});
