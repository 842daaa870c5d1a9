/**
 * ECS metrics of a service's CPU and memory, from the processes that represent its tasks.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cloudwatch-metrics.html
 */
import { readFile } from 'node:fs/promises';
import type { VirtualClock } from '../clock/index.ts';
import type { LocalService } from '../cloud/services/index.ts';
import type { MetricSink } from '../machine/index.ts';

const MINUTE_MS = 60_000;
/** In /proc, Linux counts CPU time in hundredths of a second. */
const TICKS_PER_SECOND = 100;
/** The reservation of a gateway's task in the reference application. */
const RESERVED = { vcpu: 0.5, mib: 1024 } as const;

export interface UsageOptions {
  readonly services: readonly LocalService[];
  /** Ids of the processes that represent the service's tasks now. */
  readonly pidsOf: (service: LocalService) => readonly number[];
  readonly metrics: MetricSink;
  readonly clock: VirtualClock;
}

/** CPU time (seconds since its start) and resident memory (MiB) of a process. */
export interface Used {
  readonly cpuSeconds: number;
  readonly mib: number;
}

/** Publishes once per simulated minute until the returned function is called; does nothing without /proc. */
export function startUsageMetrics({ services, pidsOf, metrics, clock }: UsageOptions): () => void {
  const before = new Map<number, { readonly at: number; readonly cpuSeconds: number }>();
  const publish = async (service: LocalService) => {
    for (const pid of pidsOf(service)) {
      const used = await usedBy(pid);
      if (used === null) continue;
      const at = performance.now();
      const last = before.get(pid);
      before.set(pid, { at, cpuSeconds: used.cpuSeconds });
      const dimensions = { ClusterName: service.cluster, ServiceName: service.name };
      const record = (name: string, value: number) =>
        metrics.record({ namespace: 'AWS/ECS', name, dimensions, value, at: clock.now() });
      record('MemoryUtilization', (100 * used.mib) / RESERVED.mib);
      if (last === undefined) continue;
      const busy = (used.cpuSeconds - last.cpuSeconds) / ((at - last.at) / 1000);
      record('CPUUtilization', (100 * busy) / RESERVED.vcpu);
    }
  };
  return clock.every(MINUTE_MS, () => {
    for (const service of services) void publish(service);
  });
}

/** null for a process that has ended, and without /proc. */
export async function usedBy(pid: number): Promise<Used | null> {
  try {
    const [stat, status] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readFile(`/proc/${pid}/status`, 'utf8'),
    ]);
    // The second field is the name in parentheses, which may contain spaces; utime and stime are the 14th and 15th.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const kib = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
    if (kib === undefined) return null;
    return { cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND, mib: Number(kib) / 1024 };
  } catch {
    return null;
  }
}
