/** Medians over the rounds, and processor time relative to nginx. */
import type { Measurement, Round } from './rounds.ts';
import { spread } from './statistics.ts';
import { NAMES, type Subject } from './subjects.ts';

const HEAD =
  '                                 closed loop                      open loop, ms                       CPU per request\n' +
  '                                     rps (min to max)              p50     p99   p99.9    lost        µs  requests/CPU-s × nginx';

export function table(subjects: readonly Subject[], rounds: readonly Round[]): string {
  const of = (name: string, value: (m: Measurement) => number) =>
    spread(rounds.flatMap((r) => r.get(name) ?? []).map((m) => value(m)));
  const nginx = of(NAMES.nginx, (m) => m.throughput.cpuMicros).median;
  const lines = subjects.map(({ name }) => {
    const rps = of(name, (m) => m.throughput.rps);
    const ms = (key: 'p50' | 'p99' | 'p999') => {
      const { median } = of(name, (m) => m.latency[key]);
      return (Number.isFinite(median) ? median.toFixed(2) : 'lost').padStart(8);
    };
    const cpu = of(name, (m) => m.throughput.cpuMicros).median;
    const lost = of(name, (m) => m.latency.lost).max;
    return [
      name.padEnd(28),
      rps.median.toFixed(0).padStart(12),
      `(${rps.min.toFixed(0)} to ${rps.max.toFixed(0)})`.padEnd(20),
      `${ms('p50')}${ms('p99')}${ms('p999')}`,
      String(lost).padStart(8),
      cpu.toFixed(1).padStart(9),
      (nginx / cpu).toFixed(2).padStart(8),
    ].join(' ');
  });
  return [HEAD, ...lines].join('\n');
}
