/** `crossfade plan`: what a plan will do, how long it takes, what it costs, and whether it can be decided. */
import { Command } from 'commander';
import { formatDuration } from '../../core/model/index.ts';
import { HISTORY_BUDGET, HISTORY_LIMIT, type Projection, project } from '../../core/phases/index.ts';
import { EXIT, number, plainJson, say, type Terminal, UsageError } from '../shared/index.ts';
import { readPlan } from './read-plan.ts';

interface Options {
  readonly rps: string;
  readonly errorRate: string;
  readonly slowRate: string;
  readonly json?: boolean;
}

export function planCommand(terminal: Terminal): Command {
  return new Command('plan')
    .description('check a plan: its timeline, its history events, and the evidence that each stage needs')
    .argument('[file]', 'plan (JSON); default: the default plan')
    .option('--rps <n>', 'requests per second at the ingress', '100')
    .option('--error-rate <share>', 'error rate of stable, 0 to 1', '0.001')
    .option('--slow-rate <share>', 'share of stable requests over the latency budget, 0 to 1', '0.001')
    .option('--json', 'print JSON')
    .action((file: string | undefined, options: Options) => {
      const assumptions = {
        rps: number('--rps', options.rps, 1e-6, 1e9),
        errorRate: number('--error-rate', options.errorRate, 0, 1),
        slowRate: number('--slow-rate', options.slowRate, 0, 1),
      };
      const projection = project(readPlan('plan', file), assumptions);
      say(
        terminal.out,
        options.json === true
          ? plainJson({ assumptions, ...projection }, 2)
          : timelineText(projection, assumptions.rps),
      );
      if (projection.problems.length > 0)
        throw new UsageError(projection.problems.map((p) => `${p.path}: ${p.message}`).join('\n'));
      terminal.exit(EXIT.ok);
    });
}

/** For people: phases, durations and evidence of a plan, a line each. */
export function timelineText(
  { rows, totalSeconds, historyEvents, falseAlarms, ownMetrics }: Projection,
  rps: number,
): string {
  const lines = rows.flatMap((r) => [
    [
      formatDuration(r.startsAt).padEnd(14),
      r.name.padEnd(16),
      `${r.candidatePercent} %`.padStart(7),
      formatDuration(r.seconds).padStart(12),
      (r.maxHold > 0 ? `+${formatDuration(r.maxHold)}` : '').padStart(12),
      r.requestsNeeded === null
        ? ''
        : `${r.requestsNeeded} requests, ${formatDuration(r.evidenceSeconds ?? 0)} at ${rps} rps`,
    ].join('  '),
    ...r.metrics.map(metricLine),
  ]);
  return [
    `${'starts at'.padEnd(14)}  ${'phase'.padEnd(16)}  candidate      duration      max hold  evidence needed`,
    ...lines,
    '',
    `Total: ${formatDuration(totalSeconds)} if every gate passes at the end of its bake and every sign-off takes its full timeout.`,
    `Alarms: the error alarm rolls back ${shareText(falseAlarms)} of healthy candidates at this traffic.`,
    ...metricNotes(ownMetrics),
    `History: at most ${historyEvents} events of ${HISTORY_LIMIT} (budget ${HISTORY_BUDGET}).`,
  ].join('\n');
}

/** What votes beside errors and slow requests, and what is missing to say how long it takes. */
function metricNotes(metrics: Projection['ownMetrics']): string[] {
  if (metrics.length === 0) return [];
  const share = (part: number) => `${Number((100 * part).toPrecision(3))} %`;
  const rest = 1 - metrics.reduce((sum, { alphaShare }) => sum + alphaShare, 0);
  const shares = metrics.map(({ name, alphaShare }) => `${name} ${share(alphaShare)}`).join(', ');
  const unsized = metrics.filter(({ isSized }) => !isSized).map(({ name }) => name);
  return [
    `Shares of alpha: ${shares}; errors and slow requests ${share(rest)}.`,
    ...(unsized.length === 0
      ? []
      : [`Unknown: how much evidence ${unsized.join(', ')} takes; set usualShare, or let the baseline measure it.`]),
  ];
}

/** Below the stage's own line, under its last column. */
function metricLine({ name, denominators, seconds }: Projection['rows'][number]['metrics'][number]): string {
  const amount = denominators === null ? '' : `${denominators} denominators, `;
  return `${' '.repeat(69)}${name}: ${amount}${formatDuration(seconds)}`;
}

function shareText(share: number): string {
  return share < 1e-5 ? 'fewer than 0.001 %' : `at most ${(share * 100).toPrecision(2)} %`;
}
