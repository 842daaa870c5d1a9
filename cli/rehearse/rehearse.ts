/** `crossfade rehearse`: the command and its options; everything is checked before anything is started. */
import { createServer } from 'node:net';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { listen } from '../../rehearsal/machine/index.ts';
import { parseChaos, parseFault, rehearsalPlan, type Scenario } from '../../rehearsal/scenario/index.ts';
import { readPlan } from '../run/index.ts';
import { number, outputFileInNewFolder, type Terminal, UsageError, wholeNumber } from '../shared/index.ts';
import { type Pace, paceOn, USUAL_PACE } from './pace.ts';
import type { RehearsalRequest } from './run-rehearsal.ts';

interface Options {
  readonly plan?: string;
  readonly fault: string;
  readonly only?: string;
  readonly quick?: boolean;
  readonly chaos: string[];
  readonly speed?: string;
  readonly rps?: string;
  readonly observations: string;
  readonly stable?: string;
  readonly candidate?: string;
  readonly path: string[];
  readonly port: string;
  readonly report: string;
  readonly json?: boolean;
}

/** Stages of the plan that is rehearsed where none is given: those of the default plan that seconds of traffic can decide. */
const SHOWN_PERCENTS: readonly number[] = [10, 50, 100];

export function rehearseCommand(terminal: Terminal): Command {
  return new Command('rehearse')
    .description('rehearse on this machine: one clean cutover, and one whose fault is rolled back')
    .option('--plan <file>', 'plan (JSON); its durations are shortened to --observations')
    .option(
      '--fault <what@where>',
      'fault to inject: errors=0.2@10, latency=+200ms@50, lost=1@50, crash@1 or parity@shadow',
      'errors=0.2@10',
    )
    .option(
      '--chaos <service.operation=fault@state...>',
      'faults in AWS calls, such as elasticloadbalancing.ModifyRule=throttle@Shift; use with --only',
      [],
    )
    .option('--only <scenario>', 'run one scenario only: clean or fault')
    .option('--quick', 'the scenario with the fault alone, with one evaluation in each phase')
    .option('--speed <n>', `simulated seconds per real second (default: ${USUAL_PACE.speed}, less on a busy machine)`)
    .option('--rps <n>', `requests per real second (default: ${USUAL_PACE.rps}, less on a busy machine)`)
    .option('--observations <n>', 'one-minute evaluations in each phase, at least', '2')
    .option('--stable <url>', 'rehearse your own service as the stable side (with --candidate)')
    .option('--candidate <url>', 'rehearse your own service as the candidate (with --stable)')
    .option('--path <path...>', 'paths that clients of your own services request', ['/'])
    .option('--port <n>', 'port of the local load balancer; 0 picks a free one', '0')
    .option('--report <file>', 'write the HTML report to this file', join('.crossfade', 'rehearsal.html'))
    .option('--json', 'print the evidence as JSON to stdout, progress to stderr')
    .action(async (options: Options, command: Command) => {
      const given = (name: keyof Options) => command.getOptionValueSource(name) === 'cli';
      const request = await requestOf(options, given);
      // The AWS SDK and the local cloud take a second to load: only for those who rehearse.
      const { runRehearsal } = await import('./run-rehearsal.ts');
      await runRehearsal(request, terminal);
    });
}

/** Whether an option was given, and does not merely have its default. */
type Given = (name: keyof Options) => boolean;

async function requestOf(options: Options, given: Given): Promise<RehearsalRequest> {
  const { report, json = false, path: paths } = options;
  const pace = paceOf(options);
  const request = {
    scenarios: scenariosOf(options, given, pace),
    ...pace,
    port: wholeNumber('--port', options.port, 0, 65_535),
    report,
    json,
    chaos: asUsage(() => options.chaos.map(parseChaos)),
  };
  for (const path of paths)
    if (!/^\/\S*$/.test(path)) throw new UsageError(`--path must be a path such as /items (got "${path}")`);
  const urls = await ownServices(options);
  await free(request.port);
  outputFileInNewFolder('--report', report);
  return urls === undefined ? request : { ...request, own: { urls, paths } };
}

function paceOf(options: Options): Pace {
  const { speed, rps } = paceOn(loadavg()[0] ?? 0, availableParallelism());
  return {
    speed: options.speed === undefined ? speed : number('--speed', options.speed, 1, 600),
    rps: options.rps === undefined ? rps : number('--rps', options.rps, 1, 5_000),
  };
}

function scenariosOf(options: Options, given: Given, { rps, speed }: Pace): Scenario[] {
  const plan = readPlan('--plan', options.plan);
  const observations = wholeNumber('--observations', options.observations, 1, 60);
  const fault = asUsage(() => parseFault(options.fault));
  if (typeof fault.at === 'number' && !plan.stages.some((s) => s.percent === fault.at)) {
    throw new UsageError(`--fault ${options.fault}: the plan has no stage at ${fault.at} %`);
  }
  /** @param faultAt a stage that is rehearsed too, for its fault */
  const cut = (faultAt: unknown) =>
    rehearsalPlan(
      options.plan === undefined
        ? {
            ...plan,
            stages: plan.stages.filter(({ percent }) => SHOWN_PERCENTS.includes(percent) || percent === faultAt),
          }
        : plan,
      options.quick === true && !given('observations') ? 1 : observations,
      { rps: rps / speed },
    );
  const clean: Scenario = { title: 'Clean cutover', plan: cut(null), fault: null };
  const faulty: Scenario = { title: `Cutover with a fault (${fault.text})`, plan: cut(fault.at), fault };
  if (options.only !== undefined && options.only !== 'clean' && options.only !== 'fault') {
    throw new UsageError(`--only must be "clean" or "fault" (got "${options.only}")`);
  }
  if (options.only === 'clean' && options.quick === true)
    throw new UsageError(
      '--quick rehearses the scenario with the fault alone, and --only clean asks for the other one',
    );
  const own = options.stable !== undefined || options.candidate !== undefined;
  const faultAlone = options.only === 'fault' || options.quick === true;
  if (own && (given('fault') || faultAlone)) {
    const asked = given('fault') ? '--fault' : options.quick === true ? '--quick' : '--only fault';
    throw new UsageError(
      `${asked}: your own services take no fault; without --stable and --candidate the example gateways do`,
    );
  }
  if (own || options.only === 'clean') return [clean];
  return faultAlone ? [faulty] : [clean, faulty];
}

/** Found out before anything is synthesised. @throws UsageError when the port cannot be listened on */
async function free(port: number): Promise<void> {
  const server = createServer();
  try {
    await listen(server, port);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new UsageError(
      `--port: ${port} ${code === 'EADDRINUSE' ? 'is already in use' : `cannot be listened on (${code})`}`,
    );
  }
  await new Promise((closed) => server.close(closed));
}

/** What a parser refuses is bad input of the command. */
function asUsage<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

async function ownServices({
  stable,
  candidate,
}: Options): Promise<Record<'stable' | 'candidate', string> | undefined> {
  if (stable === undefined && candidate === undefined) return undefined;
  if (stable === undefined || candidate === undefined)
    throw new UsageError('--stable and --candidate must be given together');
  await reachable('--stable', stable);
  await reachable('--candidate', candidate);
  return { stable, candidate };
}

async function reachable(name: string, url: string): Promise<void> {
  if (!URL.canParse(url) || new URL(url).protocol !== 'http:')
    throw new UsageError(`${name} must be an http URL (got "${url}")`);
  const status = await healthOf(name, url);
  if (status !== 200)
    throw new UsageError(
      `${name}: ${url}/healthz answered ${status} instead of 200, so the load balancer would consider it unhealthy`,
    );
}

async function healthOf(name: string, url: string): Promise<number> {
  try {
    const response = await fetch(new URL('/healthz', url), { signal: AbortSignal.timeout(3_000) });
    await response.body?.cancel();
    return response.status;
  } catch (error) {
    throw new UsageError(`${name}: cannot reach ${url} (${error instanceof Error ? error.message : String(error)})`);
  }
}
