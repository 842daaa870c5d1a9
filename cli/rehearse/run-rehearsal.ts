/** Runs the scenarios of a rehearsal, at once or one after the other, and reports the results. */
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { frozenDocument } from '../../console/document/index.ts';
import { type RunEvidence, rehearsalPage } from '../../console/view/index.ts';
import { decisionLogLines, type Plan } from '../../core/model/index.ts';
import type { RuleSet } from '../../parity/rules/index.ts';
import type { LocalCloud } from '../../rehearsal/cloud/index.ts';
import type { MixEntry } from '../../rehearsal/load/index.ts';
import { LOCAL_CLIENT, OWN_PROGRAM } from '../../rehearsal/machine/index.ts';
import {
  type ChaosSpec,
  chooseCandidate,
  chooseMirror,
  type OwnServices,
  type RehearsalOptions,
  rehearse,
  type Scenario,
  synthesise,
} from '../../rehearsal/scenario/index.ts';
import { rehearsedText } from '../run/index.ts';
import {
  asError,
  attempt,
  EXIT,
  plain,
  plainJson,
  type Screen,
  say,
  type Terminal,
  UsageError,
} from '../shared/index.ts';
import { claimReport } from './claimed-report.ts';
import { displayOn } from './display.ts';
import { endingOf } from './ending.ts';
import { ownEnding } from './own-ending.ts';
import { columnsOf, painted, type Style, styled, type TextLine, wrapped } from './text-line.ts';

/** A checked request for a rehearsal. */
export interface RehearsalRequest {
  readonly scenarios: readonly Scenario[];
  /** The plan for which the deployment is created, not shortened. @default the default plan */
  readonly plan?: Plan;
  /** Parts of the plan that a rehearsal cannot include. */
  readonly leftOut: readonly string[];
  /** Whether the scenarios run at the same time. */
  readonly atOnce: boolean;
  /** Seconds of the cutover per real second, on a machine with enough capacity. */
  readonly speed: number;
  /** The same at the beginning, on this machine. */
  readonly firstSpeed: number;
  /** Requests per real second, on a machine with enough capacity. */
  readonly rps: number;
  /** Port of the local load balancer; 0 for any free one. */
  readonly port: number;
  /** Somebody's own services, and the requests of their clients. */
  readonly own?: OwnServices & { readonly mix: readonly MixEntry[] };
  /** File of the HTML report. */
  readonly report: string;
  readonly json: boolean;
  /** Faults on AWS calls. */
  readonly chaos: readonly ChaosSpec[];
  /** The owner's rules about differences. */
  readonly rules?: RuleSet;
}

export async function runRehearsal(request: RehearsalRequest, terminal: Terminal): Promise<void> {
  const signal = terminal.interruption();
  const out = request.json ? terminal.err : terminal.out;
  const mirror = mirrorHere();
  const release = claimReport(baseOf(request.report));
  tell(out, 'Synthesising the stacks and building the candidate ...');
  tell(out, `Mirror: ${mirror.label}`);
  try {
    await attempt(
      () => NOTHING_OUTSIDE,
      async () => {
        const choosing = candidateOf(request, signal);
        // Handled below, unless the synthesis fails first.
        choosing.catch(() => {});
        const synthesis = await synthesise({ plan: request.plan, signal });
        try {
          const options = optionsOf(request, {
            mirror,
            assembly: synthesis.assembly,
            candidate: await choosing,
            signal,
          });
          const runs = await runAll(request, options, terminal, out);
          await finish(runs, request, terminal, out);
        } finally {
          await synthesis.dispose();
        }
      },
    );
  } catch (error) {
    if (!signal.aborted) throw error;
    tell(
      out,
      'Interrupted: every process of the rehearsal has been stopped; nothing outside this machine was changed.',
    );
    terminal.exit(EXIT.interrupted);
  } finally {
    release();
  }
}

const NOTHING_OUTSIDE = {
  state: 'Everything that was started has been stopped; nothing outside this machine was touched.',
  next: 'run it again; if it fails in the same way, report it with this message.',
};

/** The proxy to use. @throws UsageError if ENVOY names something else */
function mirrorHere(): RehearsalOptions['mirror'] {
  try {
    return chooseMirror(process.env);
  } catch (error) {
    throw new UsageError(asError(error).message);
  }
}

async function candidateOf({ own }: RehearsalRequest, signal: AbortSignal): Promise<RehearsalOptions['candidate']> {
  return own === undefined
    ? chooseCandidate(signal)
    : { command: { command: '', args: [] }, label: own.urls.candidate };
}

function optionsOf(
  request: RehearsalRequest,
  found: Pick<RehearsalOptions, 'assembly' | 'candidate' | 'mirror' | 'signal'>,
): Omit<RehearsalOptions, 'progress'> {
  const { own, speed, firstSpeed, rps, port, chaos, rules } = request;
  const common = { ...found, speed, firstSpeed, rps, port, chaos, ...(rules === undefined ? {} : { rules }) };
  return own === undefined ? common : { ...common, own, mix: own.mix };
}

async function runAll(
  request: RehearsalRequest,
  options: Omit<RehearsalOptions, 'progress'>,
  terminal: Terminal,
  out: Screen,
): Promise<RunEvidence[]> {
  tell(out, `Candidate: ${options.candidate.label}`);
  if (request.leftOut.length > 0)
    tell(out, plain(`Left out of the plan, as it is in your account alone: ${request.leftOut.join(', ')}`));
  const { speed, firstSpeed } = request;
  const slowed = firstSpeed < speed ? `, because this machine is busy or slow; up to ${speed} times as it can` : '';
  tell(
    out,
    `Clock: simulated, ${firstSpeed} times as fast as real time${slowed}. Times and rates below are simulated.`,
  );
  const [first] = request.scenarios;
  if (first !== undefined)
    tell(out, `Live page, while it runs: ${OWN_PROGRAM} console --deployment ${shown(liveFile(request, first))}`);
  const display = displayOn(out, terminal.environment, options.signal);
  const one = async (scenario: Scenario, signal: AbortSignal) => {
    const progress = display.begin(scenario.title);
    const file = liveFile(request, scenario);
    let stopTelling = () => {};
    try {
      return await rehearse(scenario, {
        ...options,
        signal,
        progress,
        onCloud(cloud) {
          stopTelling = keepLive(cloud, file);
        },
      });
    } finally {
      stopTelling();
      rmSync(file, { force: true });
      progress.done();
    }
  };
  try {
    return await (request.atOnce ? allAtOnce : oneAfterAnother)(request.scenarios, one, options.signal);
  } finally {
    display.close();
  }
}

/** Next to the report, for as long as the scenario runs. */
function liveFile({ report, scenarios }: RehearsalRequest, scenario: Scenario): string {
  return `${baseOf(report)}-${scenarios.indexOf(scenario) + 1}-live.json`;
}

/** What the names of all files of a rehearsal begin with. */
function baseOf(report: string): string {
  return resolve(report).replace(/\.html?$/, '');
}

const TOLD_EACH_MS = 1_000;

/** For commands that watch or steer; it follows the clock's speed until the returned function is called. */
function keepLive(cloud: LocalCloud, file: string): () => void {
  let told = cloud.clock.line.speed;
  writeLive(cloud, file);
  const timer = setInterval(() => {
    const { speed } = cloud.clock.line;
    if (speed !== told) writeLive(cloud, file);
    told = speed;
  }, TOLD_EACH_MS);
  return () => clearInterval(timer);
}

/** Without the file the rehearsal runs nevertheless. */
function writeLive({ deployment, url, clock }: LocalCloud, file: string): void {
  const { real, simulated, speed } = clock.line;
  const rehearsal = { endpoint: url, region: LOCAL_CLIENT.region, clock: { real, simulated, speed } };
  try {
    mkdirSync(dirname(file), { recursive: true });
    // Whoever reads it meanwhile must not see half of it.
    writeFileSync(`${file}.new`, rehearsedText({ rehearsal, deployment }));
    renameSync(`${file}.new`, file);
  } catch {
    // The end reports it if a report cannot be written.
  }
}

type One = (scenario: Scenario, signal: AbortSignal) => Promise<RunEvidence>;

async function oneAfterAnother(scenarios: readonly Scenario[], one: One, signal: AbortSignal): Promise<RunEvidence[]> {
  const runs: RunEvidence[] = [];
  for (const scenario of scenarios) runs.push(await one(scenario, signal));
  return runs;
}

/** The first failure ends the others. @throws its error, once all are stopped */
async function allAtOnce(scenarios: readonly Scenario[], one: One, signal: AbortSignal): Promise<RunEvidence[]> {
  const failure = new AbortController();
  const either = AbortSignal.any([signal, failure.signal]);
  const running = scenarios.map((scenario) =>
    one(scenario, either).catch((error: unknown) => {
      failure.abort(error);
      throw error;
    }),
  );
  await Promise.allSettled(running);
  failure.signal.throwIfAborted();
  return Promise.all(running);
}

/** The result is printed first, so that a failure to write the report loses nothing. */
async function finish(
  runs: readonly RunEvidence[],
  { report, json, own, rps }: RehearsalRequest,
  terminal: Terminal,
  out: Screen,
): Promise<void> {
  terminal.exit(runs.every((run) => run.verdict.ok) ? EXIT.ok : EXIT.failed);
  for (const run of runs) {
    out.write('\n');
    show(out, endingOf(run, columnsOf(out)));
  }
  if (own !== undefined) {
    out.write('\n');
    for (const line of await ownEnding(own, runs, rps)) tell(out, line);
  }
  if (json) say(terminal.out, plainJson(runs));
  const file = resolve(report);
  await attempt(
    () => ({
      state: 'The rehearsal came to its end as said above; its report is not whole.',
      next: 'name another file by --report.',
    }),
    async () => {
      writeFileSync(file, frozenDocument(rehearsalPage(runs)));
      const logs = runs.map((run, i) => writeLog(run, `${baseOf(report)}-${i + 1}.ndjson`));
      out.write('\n');
      tell(out, `Report: ${shown(file)}`);
      tell(out, `Decision logs (for \`crossfade replay\`): ${logs.join(', ')}`);
    },
  );
}

function tell(out: Screen, text: string, style?: Style): void {
  show(
    out,
    wrapped(plain(text), columnsOf(out), 2).map((line) => [styled(line, style)]),
  );
}

function show(out: Screen, lines: readonly TextLine[]): void {
  for (const line of lines) say(out, painted(line, out.coloured));
}

/** The same file that `crossfade export` writes for a cutover in AWS. */
function writeLog(run: RunEvidence, file: string): string {
  writeFileSync(file, `${[...decisionLogLines(run, run.log)].join('\n')}\n`);
  return shown(file);
}

/** The shortest path by which it can be found. */
function shown(file: string): string {
  const near = relative(process.cwd(), file);
  return near.startsWith('..') ? file : near;
}
