/** The stable side's time before a run: what preflight's baseline measures (lambdas/aws/cloudwatch/metrics.ts), and its quietest hour. */
import { PEAK_MINUTES } from '../../core/gate/historical-control.ts';
import { generator } from '../../test/support/random.ts';
import { type Cell, failures, mix } from './world.ts';

const MIN_WINDOW_REQUESTS = 100;
const HOURS_OF_A_DAY = 24;

export function dayBefore({ trace, rps }: Cell, seed: number) {
  const random = generator(mix(seed, 0x27d4eb2f));
  const weather = trace.weather(random, rps);
  let [peakErrorRate, peakSlowRate] = [0, 0];
  let [requests, errors, slow] = [0, 0, 0];
  const hours = new Array<number>(HOURS_OF_A_DAY * (trace.lookBackDays ?? 1)).fill(0);
  for (let from = 0; from < 60 * hours.length; from += PEAK_MINUTES) {
    const window = { requests: 0, errors: 0, slow: 0 };
    for (let minute = from; minute < from + PEAK_MINUTES; minute++) {
      const now = weather(minute);
      window.requests += now.requests;
      window.errors += now.requests * now.errorRate;
      window.slow += now.requests * now.slowRate;
    }
    const seen = (expected: number) =>
      window.requests === 0 ? 0 : failures(random, window.requests, expected / window.requests, trace.cluster ?? 1);
    const [e, s] = [seen(window.errors), seen(window.slow)];
    hours[Math.floor(from / 60)] = (hours[Math.floor(from / 60)] ?? 0) + window.requests;
    requests += window.requests;
    errors += e;
    slow += s;
    if (window.requests < MIN_WINDOW_REQUESTS) continue;
    peakErrorRate = Math.max(peakErrorRate, e / window.requests);
    peakSlowRate = Math.max(peakSlowRate, s / window.requests);
  }
  return {
    baseline: { peakErrorRate, peakSlowRate },
    assumptions: { rps: Math.min(...hours) / 3_600, errorRate: errors / requests, slowRate: slow / requests },
  };
}
