/** `crossfade plan`: what a plan or a campaign will do, how long it takes, and whether it may be started. */
import { Command } from 'commander';
import { type Plan, spokenDuration } from '../../core/model/index.ts';
import { type Assumptions, HISTORY_BUDGET, HISTORY_LIMIT, type Projection, project } from '../../core/phases/index.ts';
import { EXIT, number, plainJson, readDocumentFile, say, type Terminal, UsageError } from '../shared/index.ts';
import { campaignText, projectedCampaign } from './campaign-text.ts';
import { type PlanOrCampaign, planOrCampaign, problemLines, readPlanOrCampaign } from './read-plan.ts';

/** Of the logarithm of the rate; larger deviations are jumps (core/gate/bets/noise.ts). */
const MOST_NOISE = 1.5;

interface Options {
  readonly rps: string;
  readonly errorRate: string;
  readonly slowRate: string;
  readonly from?: string;
  readonly check?: boolean;
  readonly errorNoise: string;
  readonly slowNoise: string;
  readonly json?: boolean;
}

export function planCommand(terminal: Terminal): Command {
  return new Command('plan')
    .description(
      'check a plan (its timeline, its history events, the evidence that each stage needs) or a campaign (its waves, the API limits that its cutovers share)',
    )
    .argument(
      '[files...]',
      'a plan or a campaign (JSON or YAML; - is standard input); several with --check; default: the default plan',
    )
    .option('--rps <n>', 'requests per second at the ingress', '100')
    .option('--error-rate <share>', 'error rate of stable, 0 to 1', '0.001')
    .option('--slow-rate <share>', 'share of stable requests over the latency budget, 0 to 1', '0.001')
    .option('--from <time>', 'when the campaign starts, ISO-8601 in UTC; default: now')
    .option('--check', 'only say whether each file may be started, for pipelines')
    .option(
      '--error-noise <sd>',
      "how much each side's error rate varies by itself: standard deviation of its logarithm, as the baseline measures it",
      '0',
    )
    .option('--slow-noise <sd>', 'the same for slow requests', '0')
    .option(
      '--json',
      'print JSON: for a plan, assumptions, rows (the phases; times in seconds), totalSeconds, historyEvents and problems',
    )
    .action((files: string[], options: Options) => {
      const assumptions = {
        rps: number('--rps', options.rps, 1e-6, 1e9),
        errorRate: number('--error-rate', options.errorRate, 0, 1),
        slowRate: number('--slow-rate', options.slowRate, 0, 1),
        errorNoise: number('--error-noise', options.errorNoise, 0, MOST_NOISE),
        slowNoise: number('--slow-noise', options.slowNoise, 0, MOST_NOISE),
      };
      const from = instant(options.from);
      if (options.check === true) return check(terminal, files, assumptions, from);
      if (files.length > 1) throw new UsageError('files: several files need --check');
      const [file] = files;
      const { text, json, problems } = shown(readPlanOrCampaign('plan', file), assumptions, from);
      say(terminal.out, options.json === true ? plainJson(json, 2) : text());
      if (problems.length > 0) throw new UsageError(problemLines(problems));
      terminal.exit(EXIT.ok);
    });
}

/** The output for a plan or a campaign. */
function shown(read: PlanOrCampaign, assumptions: Assumptions, from: number) {
  if ('plan' in read) {
    const projection = project(read.plan, assumptions);
    return {
      text: () =>
        [timelineText(projection, assumptions.rps), ...noiseNotes(read.plan, assumptions, projection)].join('\n'),
      json: { assumptions, ...projection },
      problems: projection.problems,
    };
  }
  const projected = projectedCampaign(read.campaign, from);
  return {
    text: () => campaignText(read.campaign, projected),
    json: projected,
    problems: projected.problems,
  };
}

/** One line for each file, and each problem after the name of its file. @throws UsageError unless all may be started */
function check(terminal: Terminal, files: readonly string[], assumptions: Assumptions, from: number): void {
  if (files.length === 0) throw new UsageError('files: --check needs the name of at least one file');
  const wrong = files.flatMap((file) => {
    const problems = problemsOfFile(file, assumptions, from);
    if (problems.length === 0) say(terminal.out, `${file}: ok`);
    return problems;
  });
  if (wrong.length > 0) throw new UsageError(wrong.join('\n'));
  terminal.exit(EXIT.ok);
}

function problemsOfFile(file: string, assumptions: Assumptions, from: number): readonly string[] {
  const read = orMessage(() => ({ value: readDocumentFile('plan', file) }));
  // The message about a file names it.
  if (typeof read === 'string') return [read];
  const problems = orMessage(() => problemLines(shown(planOrCampaign(read.value), assumptions, from).problems));
  return problems === '' ? [] : problems.split('\n').map((line) => `${file}: ${line}`);
}

function orMessage<T>(attempt: () => T): T | string {
  try {
    return attempt();
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
}

function instant(text: string | undefined): number {
  if (text === undefined) return Date.now();
  const at = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?Z$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at)) throw new UsageError(`--from must be a time in UTC such as 2026-12-01T08:00Z (got "${text}")`);
  return at;
}

/** The cost of a wandering rate: how many candidate requests each stage needs with it and without. */
function noiseNotes(plan: Plan, assumptions: Assumptions, { rows }: Projection): string[] {
  if (assumptions.errorNoise === 0 && assumptions.slowNoise === 0) return [];
  const calm = project(plan, { ...assumptions, errorNoise: 0, slowNoise: 0 }).rows;
  const dearer = rows.flatMap(({ name, requestsNeeded }, i) => {
    const before = calm[i]?.requestsNeeded ?? null;
    return requestsNeeded === null || before === null || requestsNeeded <= before
      ? []
      : [`${name} ${requestsNeeded.toLocaleString('en-US')} requests instead of ${before.toLocaleString('en-US')}`];
  });
  return [
    dearer.length === 0
      ? 'Noise: it makes no stage longer.'
      : `Noise: where each side's rate varies this much by itself, stages need more evidence: ${dearer.join(', ')}. A regression is noticed later by about the same factors.`,
  ];
}

/** For people: phases, durations and evidence of a plan, one line each. */
export function timelineText(
  { rows, totalSeconds, historyEvents, falseAlarms, ownMetrics }: Projection,
  rps: number,
): string {
  const lines = rows.flatMap((r) => [
    [
      spokenDuration(r.startsAt).padEnd(16),
      r.name.padEnd(16),
      `${r.candidatePercent} %`.padStart(7),
      spokenDuration(r.seconds).padStart(11),
      (r.maxHold > 0 ? `+${spokenDuration(r.maxHold)}` : '').padStart(12),
      r.requestsNeeded === null
        ? ''
        : !Number.isFinite(r.requestsNeeded)
          ? 'more than any traffic brings'
          : `${r.requestsNeeded.toLocaleString('en-US')} requests, ${spokenDuration(r.evidenceSeconds ?? 0)} at ${rps} rps`,
    ].join('  '),
    ...r.metrics.map(metricLine),
  ]);
  return [
    `${'starts after'.padEnd(16)}  ${'phase'.padEnd(16)}  candidate     duration      max hold  evidence needed`,
    ...lines,
    '',
    `Total: ${spokenDuration(totalSeconds)} if every gate passes at the end of its bake and every sign-off takes its full timeout.`,
    `Alarms: the error alarm rolls back ${shareText(falseAlarms)} of healthy candidates at this traffic.`,
    ...metricNotes(ownMetrics),
    `History: at most ${historyEvents.toLocaleString('en-US')} of the ${HISTORY_LIMIT.toLocaleString('en-US')} events of an execution (refused above ${HISTORY_BUDGET.toLocaleString('en-US')}).`,
  ].join('\n');
}

/** The plan's own metrics, and what is missing to estimate how long they take. */
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

/** Below the line of the stage, in its last column. */
function metricLine({ name, denominators, seconds }: Projection['rows'][number]['metrics'][number]): string {
  const amount = denominators === null ? '' : `${denominators.toLocaleString('en-US')} of its denominator, `;
  return `${' '.repeat(70)}${name}: ${amount}${spokenDuration(seconds)}`;
}

function shareText(share: number): string {
  return share < 1e-5 ? 'fewer than 0.001 %' : `at most ${(share * 100).toPrecision(2)} %`;
}
