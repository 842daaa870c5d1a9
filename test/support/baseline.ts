/** A summary of the stable side's traffic before a test begins. */
import type { BaselineSummary } from '../../core/model/run-state.ts';

export const baselineSummary = (found: Partial<BaselineSummary> = {}): BaselineSummary => ({
  requests: 100_000,
  errorRate: 0.001,
  recentErrorRate: null,
  slowRate: 0.001,
  errorBurst: null,
  slowBurst: null,
  errorNoise: null,
  slowNoise: null,
  errorCeiling: null,
  untoldCeiling: null,
  slowCeiling: null,
  elb5xxRate: 0,
  peakErrorRate: 0.002,
  peakSlowRate: 0.01,
  rpsByHour: Array<number>(24).fill(100),
  silentMinutes: 0,
  p50: 5,
  p95: 20,
  p99: 50,
  rps: 100,
  cpuPercent: 30,
  memoryPercent: 40,
  ...found,
});
