/** `crossfade rehearse`: a clean cutover and one that is brought back, on this machine, with the machine that would be deployed. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Command } from 'commander';
import { type FaultSpec, parseFault } from '../rehearsal/fault.ts';
import { chooseCandidate } from '../rehearsal/gateways.ts';
import { rehearsalPlan } from '../rehearsal/rehearsal-plan.ts';
import { type RehearsalOptions, rehearse, type Scenario } from '../rehearsal/rehearse.ts';
import { synthesise } from '../rehearsal/synth.ts';
import type { RunEvidence } from '../report/evidence.ts';
import { reportHtml } from '../report/html.ts';
import { EXIT, UsageError } from './exit-codes.ts';
import { number } from './plan.ts';
import { type ProgressOutput, progressTo } from './progress.ts';
import { readPlan } from './read-plan.ts';

interface Options {
  readonly plan?: string;
  readonly fault: string;
  readonly only?: string;
  readonly speed: string;
  readonly rps: string;
  readonly observations: string;
  readonly stable?: string;
  readonly candidate?: string;
  readonly path: string[];
  readonly report: string;
  readonly json?: boolean;
}

export function rehearseCommand(): Command {
  return new Command('rehearse')
    .description('rehearse a cutover here: a clean one to its end, and one with a fault that is rolled back')
    .option('--plan <file>', 'plan, JSON; its times are cut to --observations')
    .option('--fault <what@where>', 'errors=0.2@10, latency=+200ms@50, crash@1 or parity@shadow', 'errors=0.2@10')
    .option('--only <scenario>', 'clean or fault')
    .option('--speed <n>', 'seconds of the cutover per real second', '60')
    .option('--rps <n>', 'requests per real second', '300')
    .option('--observations <n>', 'one-minute looks in each phase', '4')
    .option('--stable <url>', 'rehearse your own service as the stable side (with --candidate)')
    .option('--candidate <url>', 'rehearse your own service as the candidate (with --stable)')
    .option('--path <path...>', 'what the customers of your own services ask for', ['/'])
    .option('--report <file>', 'where the HTML report goes', join('.crossfade', 'rehearsal.html'))
    .option('--json', 'write the evidence as JSON to stdout, progress to stderr')
    .action((options: Options) => main(options));
}

async function main(options: Options): Promise<void> {
  const scenarios = scenariosOf(options);
  const urls = await ownServices(options);
  const interrupted = new AbortController();
  const interrupt = () => interrupted.abort(new Error('interrupted'));
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  const out = options.json === true ? process.stderr : process.stdout;
  out.write('Synthesising the stacks ...\n');
  const synthesis = await synthesise();
  try {
    const candidate =
      urls === undefined ? chooseCandidate() : { command: { command: '', args: [] }, label: urls.candidate };
    out.write(`Candidate: ${candidate.label}\n`);
    const common = {
      assembly: synthesis.assembly,
      candidate,
      speed: number('--speed', options.speed, 1, 600),
      rps: number('--rps', options.rps, 1, 5_000),
      signal: interrupted.signal,
      ...(urls === undefined
        ? {}
        : { urls, mix: options.path.map((path) => ({ method: 'GET' as const, path, weight: 1 })) }),
    };
    const runs = await runAll(scenarios, common, out);
    finish(runs, options, out);
  } catch (error) {
    if (!interrupted.signal.aborted) throw error;
    out.write(
      '\nInterrupted: everything that was started has been stopped; nothing outside this machine was touched.\n',
    );
    process.exitCode = EXIT.interrupted;
  } finally {
    await synthesis.dispose();
  }
}

async function runAll(
  scenarios: readonly Scenario[],
  common: Omit<RehearsalOptions, 'progress'>,
  out: NodeJS.WriteStream,
): Promise<RunEvidence[]> {
  const runs: RunEvidence[] = [];
  for (const scenario of scenarios) {
    out.write(`\n== ${scenario.title} ==\n`);
    const progress: ProgressOutput = progressTo(out);
    try {
      runs.push(await rehearse(scenario, { ...common, progress }));
    } finally {
      progress.done();
    }
  }
  return runs;
}

function finish(runs: readonly RunEvidence[], options: Options, out: NodeJS.WriteStream): void {
  const file = resolve(options.report);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, reportHtml(runs));
  out.write('\n');
  for (const run of runs) out.write(`${summary(run)}\n`);
  out.write(`Report: ${pathToFileURL(file).href}\n`);
  if (options.json === true) console.log(JSON.stringify(runs));
  process.exitCode = runs.every((run) => run.verdict.ok) ? EXIT.ok : EXIT.failed;
}

function summary({ title, verdict, requests, back, speed }: RunEvidence): string {
  const failed =
    Object.entries(requests.failed)
      .map(([side, n]) => `${n} ${side}`)
      .join(', ') || 'none';
  const lines = [
    `${verdict.ok ? 'PASS' : 'FAIL'}  ${title}: ${verdict.sentence}`,
    `      ${requests.sent} client requests, failed: ${failed}`,
  ];
  if (back !== null) {
    const real = (seconds: number) => `${seconds.toFixed(0)} s (${(seconds / speed).toFixed(2)} s real)`;
    lines.push(
      `      from the fault: rollback requested after ${real(back.toRequest)}, safe weights read back after ${real(back.toWeights)}, return verified after ${real(back.toVerified)}`,
    );
  }
  return lines.join('\n');
}

function scenariosOf(options: Options): Scenario[] {
  const plan = rehearsalPlan(readPlan(options.plan), number('--observations', options.observations, 1, 60));
  const fault = parseFaultOption(options.fault);
  if (typeof fault.at === 'number' && !plan.stages.some((s) => s.percent === fault.at)) {
    throw new UsageError(`--fault ${options.fault}: the plan has no stage of ${fault.at} %`);
  }
  const clean: Scenario = { title: 'Clean cutover', plan, fault: null };
  const faulty: Scenario = { title: `Cutover with a fault (${fault.text})`, plan, fault };
  if (options.only !== undefined && options.only !== 'clean' && options.only !== 'fault')
    throw new UsageError(`--only: "${options.only}" is neither clean nor fault`);
  // Nobody's own service has a fault port.
  if (options.stable !== undefined || options.only === 'clean') return [clean];
  return options.only === 'fault' ? [faulty] : [clean, faulty];
}

function parseFaultOption(text: string): FaultSpec {
  try {
    return parseFault(text);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

async function ownServices({
  stable,
  candidate,
}: Options): Promise<Record<'stable' | 'candidate', string> | undefined> {
  if (stable === undefined && candidate === undefined) return undefined;
  if (stable === undefined || candidate === undefined) throw new UsageError('--stable and --candidate go together');
  for (const [name, url] of [
    ['--stable', stable],
    ['--candidate', candidate],
  ] as const)
    await reachable(name, url);
  return { stable, candidate };
}

async function reachable(name: string, url: string): Promise<void> {
  if (!URL.canParse(url) || new URL(url).protocol !== 'http:')
    throw new UsageError(`${name}: "${url}" is not an http URL`);
  try {
    const response = await fetch(new URL('/healthz', url), { signal: AbortSignal.timeout(3_000) });
    if (response.status !== 200)
      throw new UsageError(
        `${name}: ${url}/healthz answered ${response.status}, 200 is needed: the load balancer would call it unhealthy`,
      );
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(
      `${name}: ${url} cannot be reached (${error instanceof Error ? error.message : String(error)})`,
    );
  }
}
