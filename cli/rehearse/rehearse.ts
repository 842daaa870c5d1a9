/** `crossfade rehearse`: the command and its options. Everything is checked before anything is started. */
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Command } from 'commander';
import type { Plan } from '../../core/model/index.ts';
import { listen } from '../../rehearsal/machine/index.ts';
import {
  FAULT_EXAMPLES,
  isOutside,
  leastRate,
  parseChaos,
  parseFault,
  rehearsable,
  rehearsalPlan,
  type Scenario,
} from '../../rehearsal/scenario/index.ts';
import { readPlan } from '../run/index.ts';
import {
  asError,
  codeOf,
  number,
  outputFileInNewFolder,
  plain,
  readAuthorities,
  readRules,
  repeatable,
  say,
  type Terminal,
  UsageError,
  wholeNumber,
} from '../shared/index.ts';
import { ownServices, refuseUnserved } from './own-services.ts';
import type { OwnTraffic } from './own-traffic.ts';
import { type Pace, paceOn, thisMachine, USUAL_PACE } from './pace.ts';
import type { RehearsalRequest } from './run-rehearsal.ts';

interface Options {
  readonly plan?: string;
  readonly fault?: string;
  readonly only?: string;
  readonly quick?: boolean;
  readonly chaos: string[];
  readonly speed?: string;
  readonly rps?: string;
  readonly observations: string;
  readonly stable?: string;
  readonly candidate?: string;
  readonly path: string[];
  readonly health: string;
  readonly ca?: string;
  readonly traffic: string[];
  readonly allow: string[];
  readonly header: string[];
  readonly value: string[];
  readonly rules?: string;
  readonly port: string;
  readonly report: string;
  readonly json?: boolean;
}

/** Stages of the rehearsed plan if none is given: those of the default plan that seconds of traffic can decide. */
const SHOWN_PERCENTS: readonly number[] = [10, 50, 100];

const each = (name: keyof Pace) => `${USUAL_PACE.shared[name]}, or ${USUAL_PACE.alone[name]} for one scenario alone`;

export function rehearseCommand(terminal: Terminal): Command {
  return new Command('rehearse')
    .description('rehearse on this machine: one clean cutover, and one whose fault is rolled back')
    .option('--plan <file>', 'plan (JSON); its durations are shortened to --observations')
    .option(
      '--fault <what@where>',
      `fault to inject: ${FAULT_EXAMPLES} (default: errors=0.2 at the stage of 10 %, or the first one)`,
    )
    .option(
      '--chaos <call=fault@state...>',
      'faults in AWS calls, such as elasticloadbalancing.ModifyRule=throttle@Shift; use with --only',
      [],
    )
    .option('--only <scenario>', 'run one scenario only: clean or fault')
    .option('--quick', 'the scenario with the fault alone, with one evaluation in each phase')
    .option(
      '--speed <n>',
      `simulated seconds per real second (default: ${each('speed')}); fewer while this machine cannot follow`,
    )
    .option('--rps <n>', `requests per real second at that speed, of each scenario (default: ${each('rps')})`)
    .option('--observations <n>', 'one-minute evaluations in each phase, at least', '2')
    .option('--stable <url>', 'rehearse your own service as the stable side (with --candidate)')
    .option('--candidate <url>', 'rehearse your own service as the candidate (with --stable)')
    .option('--path <path...>', 'paths that clients of your own services request', ['/'])
    .option('--health <path>', 'path at which your own services answer 200 while they are healthy', '/healthz')
    .option('--ca <file>', 'additional certificates (PEM) to trust, for your own services that use TLS')
    .option(
      '--traffic <file>',
      'requests of your clients, in the proportions of the file; any input that contract takes; repeatable',
      repeatable,
      [],
    )
    .option(
      '--allow <METHOD:path>',
      'also send these requests of --traffic, which have side effects, such as POST:/items; repeatable',
      repeatable,
      [],
    )
    .option(
      '--header <field>',
      "header field of every request to your own services: 'Name: value' sets it, 'Name:' removes it; repeatable",
      repeatable,
      [],
    )
    .option(
      '--value <name=value>',
      'value of a parameter or variable that --traffic leaves open; repeatable',
      repeatable,
      [],
    )
    .option('--rules <file>', 'rules for differences (JSON), as `crossfade rules put` stores them')
    .option('--port <n>', 'port of the local load balancer; 0 picks a free one', '0')
    .option('--report <file>', 'write the HTML report to this file', join('.crossfade', 'rehearsal.html'))
    .option('--json', 'print the evidence as JSON to stdout, progress to stderr')
    .action(async (options: Options, command: Command) => {
      const given = (name: keyof Options) => command.getOptionValueSource(name) === 'cli';
      const request = await requestOf(options, given, terminal);
      // The AWS SDK and the local cloud take a second to load, so they are loaded only for a rehearsal.
      const { runRehearsal } = await import('./run-rehearsal.ts');
      await runRehearsal(request, terminal);
    });
}

/** Whether the services are somebody's own, or are meant to be. */
function isOwn({ stable, candidate }: Pick<Options, 'stable' | 'candidate'>): boolean {
  return stable !== undefined || candidate !== undefined;
}

/** Whether an option was given, as opposed to having its default. */
type Given = (name: keyof Options) => boolean;

async function requestOf(options: Options, given: Given, terminal: Terminal): Promise<RehearsalRequest> {
  const { report, json = false, path: paths, health } = options;
  const port = wholeNumber('--port', options.port, 0, 65_535);
  const { atOnce, firstSpeed, ...pace } = paceOf(options, port);
  const { plan, leftOut } = rehearsable(readPlan('--plan', options.plan), isOwn(options));
  const request = {
    scenarios: scenariosOf(plan, options, given, pace),
    ...(options.plan === undefined ? {} : { plan }),
    leftOut,
    atOnce,
    ...pace,
    firstSpeed,
    port,
    report,
    json,
    chaos: asUsage(() => options.chaos.map(parseChaos)),
    ...(options.rules === undefined ? {} : { rules: readRules(options.rules, '--rules') }),
  };
  for (const [name, path] of [...paths.map((path) => ['--path', path] as const), ['--health', health] as const])
    if (!/^\/\S*$/.test(path)) throw new UsageError(`${name} must be a path such as /items (got "${path}")`);
  if (given('rps')) refuseRate(request.scenarios, request.rps, request.speed);
  const authorities = readAuthorities('--ca', options.ca);
  const urls = isOwn(options) ? await ownServices({ ...options, authorities }) : undefined;
  refuseStray(options, given);
  await free(request.port);
  outputFileInNewFolder('--report', report);
  if (urls === undefined) return request;
  const { mix, routes, skipped } = await ownClients(options, terminal);
  await refuseUnserved(urls.stable, mix, authorities);
  for (const line of skipped?.lines() ?? []) say(terminal.err, plain(line));
  const own = { urls, health, ...(authorities === undefined ? {} : { authorities }), routes, mix };
  return { ...request, own };
}

/** @throws UsageError for an option that has no effect without another one that is missing */
function refuseStray(options: Options, given: Given): void {
  for (const name of ['health', 'ca', 'traffic', 'allow', 'header', 'value', 'path'] as const)
    if (!isOwn(options) && given(name))
      throw new UsageError(`--${name} is for your own services: give --stable and --candidate`);
  for (const name of ['allow', 'value'] as const)
    if (options.traffic.length === 0 && given(name))
      throw new UsageError(`--${name} is for requests of --traffic: give that`);
  if (options.traffic.length > 0 && given('path')) throw new UsageError('--traffic and --path exclude each other');
}

/** The requests of the clients of somebody's own services: those of --traffic, or of each --path. */
async function ownClients(
  { path: paths, traffic: files, allow, header, value: values }: Options,
  terminal: Terminal,
): Promise<Omit<OwnTraffic, 'skipped'> & Partial<OwnTraffic>> {
  const { parseHeaders } = await import('../compare/contract/index.ts');
  const headers = parseHeaders(header);
  if (files.length === 0) {
    const sent = headers.filter(([, text]) => text !== '');
    return {
      routes: paths.map((path) => path.replace(/\?.*$/s, '')),
      mix: paths.map((path) => ({ method: 'GET', path, weight: 1, headers: sent })),
    };
  }
  const { readTraffic } = await import('./own-traffic.ts');
  const { stdin } = terminal;
  return readTraffic({ stdin, files, allow, headers, values, signal: terminal.interruption() });
}

function paceOf(options: Options, port: number): Pace & { readonly firstSpeed: number; readonly atOnce: boolean } {
  // Each rehearsal has its own cloud, processes and ports; somebody's own services, and a fixed port, exist only once.
  const apart = isOwn(options) || port !== 0;
  const several = options.only === undefined && options.quick !== true;
  const { usual, speed: bearable, atOnce } = paceOn(several ? 2 : 1, thisMachine());
  const speed = options.speed === undefined ? usual.speed : number('--speed', options.speed, 1, 600);
  return {
    speed,
    firstSpeed: options.speed === undefined ? bearable : speed,
    rps: options.rps === undefined ? usual.rps : number('--rps', options.rps, 1, 5_000),
    atOnce: atOnce && !apart,
  };
}

function scenariosOf(plan: Plan, options: Options, given: Given, { rps, speed }: Pace): Scenario[] {
  const observations = wholeNumber('--observations', options.observations, 1, 60);
  const usual = `errors=0.2@${faultStageOf(plan)}`;
  const fault = asUsage(() => parseFault(options.fault ?? usual));
  if (typeof fault.at === 'number' && !plan.stages.some((s) => s.percent === fault.at)) {
    throw new UsageError(`--fault ${fault.text}: the plan has no stage at ${fault.at} %`);
  }
  /** @param faultAt a stage that must be rehearsed, too, for its fault */
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
    throw new UsageError('--quick rehearses only the scenario with the fault, and --only clean only the other one');
  if (isOwn(options) && options.only !== 'clean' && !isOutside(fault))
    throw new UsageError(
      `--fault ${fault.text}: your own services can be given errors, latency, resets and crash, which are made before them, and mirror-crash; parity and lost need the example gateways`,
    );
  if (options.only === 'clean') return [clean];
  return options.only === 'fault' || options.quick === true ? [faulty] : [clean, faulty];
}

/** Percentage at which a fault is injected by default. */
function faultStageOf({ stages }: Plan): number {
  const usual = 10;
  return stages.some(({ percent }) => percent === usual) ? usual : (stages[0]?.percent ?? usual);
}

/** Refuses a request rate at which no run could succeed, before one begins. */
function refuseRate(scenarios: readonly Scenario[], rps: number, speed: number): void {
  const least = Math.max(...scenarios.map(({ plan }) => leastRate(plan, speed)));
  if (rps < least)
    throw new UsageError(
      `--rps ${rps}: at --speed ${speed} the baseline and the smallest stage need at least ${least} requests a second`,
    );
}

/** Checked before anything is synthesised. @throws UsageError if the port cannot be listened on */
async function free(port: number): Promise<void> {
  const server = createServer();
  try {
    await listen(server, port);
  } catch (error) {
    const code = codeOf(error) ?? asError(error).message;
    throw new UsageError(
      `--port: ${port} ${code === 'EADDRINUSE' ? 'is already in use' : `cannot be listened on (${code})`}`,
    );
  }
  await new Promise((closed) => server.close(closed));
}

/** An error of a parser is bad input to the command. */
function asUsage<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new UsageError(asError(error).message);
  }
}
