import { describe, expect, it } from 'vitest';
import type { MinuteEvidence } from '../../core/model/evidence.ts';
import type { PlanInput } from '../../core/model/plan.ts';
import { chartSvg } from '../../report/chart.ts';
import { evidenceCharts } from '../../report/evidence-path.ts';
import { heightOf, logBetween, ticksOf } from '../../report/scale.ts';
import { MemoryWorld } from '../support/memory-world.ts';
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
const range = { from: 0, to: 1e13, marks: [] };

describe('the evidence path', () => {
  it('shows every look’s e-value and threshold, begun anew with each stage', async () => {
    const log = await recordedRun(PLAN, healthy);
    const looks = log.filter((e) => e.kind === 'observation');
    const [worse, within] = evidenceCharts(log, range);
    for (const chart of [worse, within]) {
      expect(chart?.lines.map((l) => l.label)).toEqual(['errors', 'errors: threshold', 'slow', 'slow: threshold']);
      for (const line of chart?.lines ?? []) {
        expect(line.points).toHaveLength(looks.length);
        expect(line.points.filter((p) => p.begins)).toHaveLength(3);
      }
      expect(chart?.bands?.map((b) => b.label)).toEqual(['10 %', '50 %', '100 %']);
      expect(chart?.scale?.kind).toBe('log');
    }
  });

  it('crosses the threshold at the look that goes back, which is marked as worse', async () => {
    const log = await recordedRun(PLAN, failing);
    const [worse] = evidenceCharts(log, range);
    const last = (label: string) => worse?.lines.find((l) => l.label === label)?.points.at(-1)?.y ?? Number.NaN;
    expect(last('errors')).toBeGreaterThanOrEqual(last('errors: threshold'));
    const marked = worse?.dots?.filter((d) => d.label === 'worse');
    expect(marked).toHaveLength(1);
    expect(marked?.[0]).toMatchObject({ shape: 'diamond', note: expect.stringContaining('Candidate is worse') });
    expect(marked?.[0]?.x).toBe(Date.parse(log.findLast((e) => e.kind === 'observation')?.at ?? ''));
  });

  it('shows the bounds of the difference against the margin only where there are two sides', async () => {
    const charts = evidenceCharts(await recordedRun(PLAN, healthy), range);
    const bounds = charts.find((c) => c.title.startsWith('Error rate'));
    const of = (label: string) => bounds?.lines.find((l) => l.label === label)?.points ?? [];
    expect(of('margin').every((p) => p.y === 0.5)).toBe(true);
    expect(of('upper bound').at(-1)?.y).toBeLessThan(0.5);
    for (const [i, p] of of('upper bound').entries()) expect(p.y).toBeGreaterThanOrEqual(of('lower bound')[i]?.y ?? 0);
    expect(bounds?.areas).toHaveLength(2);
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
    const chart = evidenceCharts(log, range).find((c) => c.title === 'Evidence of the metric orders');
    const labels = ['worse', 'worse: threshold', 'within margin', 'within margin: threshold'];
    expect(chart?.lines.map((l) => l.label)).toEqual(labels);
    expect(chart?.lines[0]?.points).toHaveLength(log.filter((e) => e.kind === 'observation').length);
    expect(chart?.dots?.map((d) => d.label)).toContain('within margin');
    expect(chartSvg(chart as NonNullable<typeof chart>)).not.toMatch(/NaN|Infinity/);
  });

  it('draws within its frame whatever the figures, and asks for nothing', async () => {
    for (const chart of evidenceCharts(await recordedRun(PLAN, failing), range)) {
      const svg = chartSvg(chart);
      expect(svg).not.toMatch(/NaN|Infinity|https?:/);
      for (const [, y] of svg.matchAll(/L[\d.]+ (-?[\d.]+)/g)) {
        expect(Number(y)).toBeGreaterThanOrEqual(0);
        expect(Number(y)).toBeLessThanOrEqual(190);
      }
    }
  });

  it('is empty for a run that the gate never looked at', () => {
    expect(evidenceCharts([], range)).toEqual([]);
  });
});

describe('a linear scale', () => {
  it.each([
    [1.05, ['0', '0.5', '1']],
    [80, ['0', '20', '40', '60', '80']],
    [430, ['0', '200', '400']],
  ])('up to %d has round ticks', (to, labels) => {
    expect(ticksOf({ kind: 'linear', from: 0, to }).map((t) => t.label)).toEqual(labels);
  });
});

describe('a logarithmic scale', () => {
  it('spans whole powers of ten, with few ticks', () => {
    const scale = logBetween(0.02, 4_000);
    expect(scale).toMatchObject({ from: 0.01, to: 10_000 });
    expect(ticksOf(scale).map((t) => t.label)).toEqual(['0.01', '0.1', '1', '10', '100', '1000', '1e4']);
    expect(ticksOf(logBetween(1e-3, 1e12)).length).toBeLessThanOrEqual(7);
  });

  it('puts equal ratios at equal distances, and what is outside at its edge', () => {
    const scale = logBetween(1, 100);
    expect([1, 10, 100].map((v) => heightOf(scale, v))).toEqual([0, 0.5, 1]);
    expect([0, 1e9].map((v) => heightOf(scale, v))).toEqual([0, 1]);
  });
});
