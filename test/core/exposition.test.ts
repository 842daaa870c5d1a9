import { describe, expect, it } from 'vitest';
import { type ExposedRun, PROMETHEUS_METRICS, prometheusText } from '../../core/exposition/index.ts';
import type { LogEntry } from '../../core/model/index.ts';
import { lease } from '../support/ledger-item.ts';

const entry = (decision: 'advance' | 'hold', candidateRequests: number): LogEntry => ({
  at: '2026-11-24T09:00:00.000Z',
  kind: 'observation',
  phase: 'stage',
  stage: 0,
  by: 'watch',
  message: '',
  data: {
    since: '2026-11-24T08:30:00.000Z',
    split: { candidatePercent: 10, mirror: null },
    alarms: [],
    live: [],
    candidate: { healthy: 2, unhealthy: 0, registered: 2 },
    parity: null,
    minutes: [],
    looked: { from: null, minutes: 0, stableRequests: 900, candidateRequests },
    decision,
  },
});
const run = (more: Partial<ExposedRun> = {}): ExposedRun => ({
  lease: lease(),
  entries: [],
  noticeFailures: null,
  ...more,
});

describe('the text for Prometheus', () => {
  it('says where the run stands, and leaves out what nobody knows', () => {
    const text = prometheusText([run()]);
    expect(text).toContain('crossfade_run_info{ingress="gateway",cutover="one",status="running",phase="stage"} 1\n');
    expect(text).toContain('crossfade_candidate_share{ingress="gateway",cutover="one"} 0\n');
    expect(text).not.toContain('crossfade_notification_failures_total');
    expect(text).not.toContain('crossfade_evidence_requests');
  });

  it('counts decisions, and shows the evidence of the newest', () => {
    const text = prometheusText([run({ entries: [entry('hold', 50), entry('hold', 80), entry('advance', 100)] })]);
    expect(text).toContain('crossfade_decisions_total{ingress="gateway",cutover="one",decision="hold"} 2\n');
    expect(text).toContain('crossfade_decisions_total{ingress="gateway",cutover="one",decision="advance"} 1\n');
    expect(text).toContain('crossfade_evidence_requests{ingress="gateway",cutover="one",side="candidate"} 100\n');
  });

  it('passes over an entry that it cannot read', () => {
    const odd: LogEntry = { ...entry('hold', 1), data: { decision: 'perhaps' } };
    expect(prometheusText([run({ entries: [odd] })])).not.toContain('crossfade_decisions_total');
  });

  it('gives every metric its help and its type once, before all of its samples', () => {
    const text = prometheusText([run({ noticeFailures: 2, entries: [entry('hold', 1)] }), run()]);
    for (const [name, { type }] of Object.entries(PROMETHEUS_METRICS)) {
      expect(text.split(`# TYPE ${name} ${type}\n`)).toHaveLength(2);
      expect(text.indexOf(`# TYPE ${name}`)).toBeLessThan(text.indexOf(`${name}{`));
    }
    expect(text.split('\n').every((line) => line === '' || /^(?:# (?:HELP|TYPE) |\w+\{.*\} [\d.]+$)/.test(line))).toBe(
      true,
    );
  });
});
