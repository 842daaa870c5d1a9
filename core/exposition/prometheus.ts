/**
 * Metrics of the runs for Prometheus, computed from the ledger alone:
 * https://prometheus.io/docs/instrumenting/exposition_formats/. Written by hand and not with prom-client, because a
 * client library keeps metrics in its process, whereas these are read from the ledger at each scrape.
 */
import { type Lease, type LogEntry, lookIn } from '../model/index.ts';

export interface ExposedRun {
  readonly lease: Lease;
  /** Its decision log so far. */
  readonly entries: readonly LogEntry[];
  /** Notifications that SNS did not accept (the CloudWatch metric `NoticeFailed`); null if it was not read. */
  readonly noticeFailures: number | null;
}

/** Every metric with its type and its meaning. All of them have the labels `ingress` and `cutover`. */
export const PROMETHEUS_METRICS = {
  crossfade_run_info: { type: 'gauge', help: 'Always 1; the labels status and phase say where the run stands.' },
  crossfade_candidate_share: {
    type: 'gauge',
    help: 'Share of the requests that the candidate is meant to answer, 0 to 1.',
  },
  crossfade_evidence_requests: { type: 'gauge', help: 'Requests that the newest evaluation has counted, by side.' },
  crossfade_decisions_total: {
    type: 'counter',
    help: 'Evaluations of the run, by decision: advance, hold or rollback.',
  },
  crossfade_rollbacks_total: { type: 'counter', help: 'Rollbacks of the run, by trigger: 0 or 1.' },
  crossfade_notification_failures_total: { type: 'counter', help: 'Notifications that SNS did not accept.' },
} as const satisfies Record<string, { readonly type: 'gauge' | 'counter'; readonly help: string }>;
type MetricName = keyof typeof PROMETHEUS_METRICS;

interface Sample {
  readonly name: MetricName;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** The complete answer of `/metrics`. Metrics without a sample are left out. */
export function prometheusText(runs: readonly ExposedRun[]): string {
  const samples = Map.groupBy(runs.flatMap(samplesOf), ({ name }) => name);
  return Object.entries(PROMETHEUS_METRICS)
    .flatMap(([name, { type, help }]) => {
      const own = [...samples].find(([of]) => of === name)?.[1] ?? [];
      return own.length === 0 ? [] : [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...own.map(line)];
    })
    .map((text) => `${text}\n`)
    .join('');
}

function samplesOf({ lease, entries, noticeFailures }: ExposedRun): Sample[] {
  const { ingressId: ingress, cutoverId: cutover, status, phase, intent, rollback } = lease;
  const sample = (name: MetricName, value: number, labels: Sample['labels'] = {}): Sample => ({
    name,
    value,
    labels: { ingress, cutover, ...labels },
  });
  const looks = entries.flatMap((entry) => lookIn(entry) ?? []);
  const decisions = Map.groupBy(looks, ({ decision }) => decision);
  const last = looks.at(-1)?.looked;
  return [
    sample('crossfade_run_info', 1, { status, phase }),
    sample(
      'crossfade_candidate_share',
      status === 'running' || status === 'completed' ? intent.split.candidatePercent / 100 : 0,
    ),
    ...(last === undefined
      ? []
      : [
          sample('crossfade_evidence_requests', last.stableRequests, { side: 'stable' }),
          sample('crossfade_evidence_requests', last.candidateRequests, { side: 'candidate' }),
        ]),
    ...[...decisions].map(([decision, of]) => sample('crossfade_decisions_total', of.length, { decision })),
    sample('crossfade_rollbacks_total', rollback === null ? 0 : 1, { trigger: rollback?.trigger ?? 'none' }),
    ...(noticeFailures === null ? [] : [sample('crossfade_notification_failures_total', noticeFailures)]),
  ];
}

function line({ name, labels, value }: Sample): string {
  const text = Object.entries(labels).map(([label, of]) => `${label}="${escaped(of)}"`);
  return `${name}{${text.join(',')}} ${value}`;
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
