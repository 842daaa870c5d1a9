import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { billOf, PRICES, type Traffic, withPrices } from '../../core/cost/index.ts';
import { parsePlan } from '../../core/model/index.ts';

const TRAFFIC: Traffic = { rps: 100, safeShare: 0.8, captureBytes: 5_000, mirror: true };
const plan = parsePlan({});

describe('the bill of a cutover', () => {
  it('is the sum of its lines, the largest first', () => {
    const { month, cutover, usd } = billOf(plan, TRAFFIC);
    for (const [lines, sum] of [[month, usd.month] as const, [cutover, usd.cutover] as const]) {
      expect(lines.reduce((total, line) => total + line.usd, 0)).toBeCloseTo(sum, 10);
      expect(lines.map((line) => line.usd)).toEqual([...lines.map((line) => line.usd)].sort((a, b) => b - a));
      for (const line of lines) expect(line.usd).toBeCloseTo(line.quantity * line.price.usd, 10);
    }
  });

  it('names the source and the month of every price that it uses', () => {
    const { month, cutover } = billOf(plan, TRAFFIC);
    for (const { price } of [...month, ...cutover]) {
      expect(price.source).toMatch(/^https:\/\/aws\.amazon\.com\/[\w-]+\/pricing\//);
      expect(price.asOf).toMatch(/^20\d\d-(0[1-9]|1[0-2])$/);
    }
  });

  it('asks for as many metrics as one look reads, at every look of the plan', () => {
    const look = (every: string) => {
      const short = parsePlan({ soak: { duration: 'P1D', observe: every } });
      return billOf(short, TRAFFIC).cutover.find(({ what }) => what === 'evaluations: calls')?.quantity ?? 0;
    };
    // A day has 288 evaluations every five minutes, or 1,440 every minute.
    expect(look('PT1M') - look('PT5M')).toBe(1_440 - 288);
  });

  it('looks at the cohort as often as at a stage, and reads the plan’s own metrics at each of these looks', () => {
    const metrics = [{ name: 'cpu', kind: 'guard', value: { source: 'ecs', usage: 'cpu' }, limit: 85 }];
    const of = (what: string, cohort?: { readonly bake: string }) =>
      billOf(parsePlan({ metrics, cohort }), TRAFFIC).cutover.find((line) => line.what === what)?.quantity ?? 0;
    for (const what of ['evaluations: calls', "evaluations: the plan's own"])
      expect(of(what, { bake: 'PT2H' }) - of(what)).toBe(120);
  });

  it('asks for more metrics where a mirror has target groups and counts of its own', () => {
    const read = (mirror: boolean) =>
      billOf(plan, { ...TRAFFIC, mirror }).cutover.find(({ what }) => what === 'evaluations: metrics')?.quantity ?? 0;
    const looks = billOf(plan, TRAFFIC).cutover.find(({ what }) => what === 'evaluations: calls')?.quantity ?? 0;
    expect(read(true) - read(false)).toBe(looks * (2 * 9 + 2));
  });

  it('reads the plan’s own metrics of CloudWatch at every look of a stage and of the soak', () => {
    const series = (metric: string) => ({ namespace: 'Shop', metric, dimensions: { Side: '{{side}}' } });
    const watched = parsePlan({
      stages: [{ percent: 100, bake: 'PT1H' }],
      soak: { duration: 'PT1H', observe: 'PT5M' },
      metrics: [
        {
          name: 'orders',
          kind: 'count',
          numerator: { source: 'math', expression: 'a + b', using: { a: series('A'), b: series('B') } },
          direction: 'lowerIsWorse',
          margin: 0.01,
        },
        { name: 'cpu', kind: 'guard', value: { source: 'ecs', usage: 'cpu' }, limit: 85 },
        {
          name: 'queue',
          kind: 'value',
          value: { source: 'provider', provider: 'shop', query: 'age' },
          direction: 'higherIsWorse',
          tolerance: 1,
        },
      ],
    });
    const { cutover } = billOf(watched, TRAFFIC);
    // Each of the 60 + 12 evaluations reads two numerators and one denominator for both sides, and the guard for the
    // candidate. A provider's metric costs nothing.
    expect(cutover.find(({ what }) => what === "evaluations: the plan's own")?.quantity).toBe((2 * 3 + 1) * 72);
    expect(billOf(plan, TRAFFIC).cutover.map(({ what }) => what)).not.toContain("evaluations: the plan's own");
  });

  it('bills a capture to Firehose in steps of 5 KB, and nothing without a mirror', () => {
    const delivered = (captureBytes: number, mirror = true) =>
      billOf(plan, { ...TRAFFIC, captureBytes, mirror }).cutover.find(({ what }) => what === 'captures: delivery')
        ?.quantity ?? 0;
    expect(delivered(5_001)).toBeCloseTo(2 * delivered(5_000), 10);
    expect(delivered(100)).toBe(delivered(5_000));
    expect(delivered(5_000, false)).toBe(0);
  });

  it('never falls when traffic, copied share or capture grows, and does not depend on traffic between cutovers', () => {
    const traffic = fc.record({
      rps: fc.double({ min: 0.01, max: 1e5, noNaN: true }),
      safeShare: fc.double({ min: 0, max: 1, noNaN: true }),
      captureBytes: fc.integer({ min: 100, max: 200_000 }),
      mirror: fc.boolean(),
    });
    fc.assert(
      fc.property(traffic, fc.double({ min: 1, max: 10, noNaN: true }), (less, factor) => {
        const more = { ...less, rps: less.rps * factor };
        expect(billOf(plan, more).usd.cutover).toBeGreaterThanOrEqual(billOf(plan, less).usd.cutover);
        expect(billOf(plan, more).usd.month).toBe(billOf(plan, less).usd.month);
      }),
    );
  });

  it("takes an operator's prices in the place of ours, and leaves the others", () => {
    const own = withPrices({ fargateVcpuHour: 0 }, 'eu.json');
    const before = billOf(plan, TRAFFIC).usd.month;
    const processors = billOf(plan, TRAFFIC).month.find(({ what }) => what === 'mirror: vCPU')?.usd ?? 0;
    expect(billOf(plan, TRAFFIC, own).usd.month).toBeCloseTo(before - processors, 10);
    expect(own.fargateGbHour).toEqual(PRICES.fargateGbHour);
    expect(own.fargateVcpuHour.source).toBe('eu.json');
  });
});
