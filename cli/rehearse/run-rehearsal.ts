/** Runs the scenarios of a rehearsal one after the other, and says what came of them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { decisionLogLines } from '../../core/model/index.ts';
import {
  type ChaosSpec,
  chooseCandidate,
  type RehearsalOptions,
  rehearse,
  type Scenario,
  synthesise,
} from '../../rehearsal/scenario/index.ts';
import { type RunEvidence, reportHtml } from '../../report/index.ts';
import { EXIT, type Screen, say, type Terminal, UsageError } from '../shared/index.ts';
import { progressTo } from './progress.ts';

/** A rehearsal as asked for, checked. */
export interface RehearsalRequest {
  readonly scenarios: readonly Scenario[];
  /** Seconds of the cutover per real second. */
  readonly speed: number;
  /** Requests per real second. */
  readonly rps: number;
  /** Port of the local load balancer; 0 is any free one. */
  readonly port: number;
  /** Somebody's own services, and what their customers ask for. */
  readonly own?: { readonly urls: Readonly<Record<'stable' | 'candidate', string>>; readonly paths: readonly string[] };
  /** File of the HTML report. */
  readonly report: string;
  readonly json: boolean;
  /** Faults on AWS calls. */
  readonly chaos: readonly ChaosSpec[];
}

export async function runRehearsal(request: RehearsalRequest, terminal: Terminal): Promise<void> {
  const signal = terminal.interruption();
  const out = request.json ? terminal.err : terminal.out;
  out.write('Synthesising the stacks ...\n');
  const synthesis = await synthesise(signal);
  try {
    const { own, speed, rps, port } = request;
    const candidate =
      own === undefined ? chooseCandidate() : { command: { command: '', args: [] }, label: own.urls.candidate };
    out.write(`Candidate: ${candidate.label}\n`);
    const mix = own?.paths.map((path) => ({ method: 'GET' as const, path, weight: 1 }));
    const { chaos } = request;
    const options = { assembly: synthesis.assembly, candidate, speed, rps, port, chaos, signal };
    const runs = await runAll(
      request,
      { ...options, ...(own === undefined || mix === undefined ? {} : { urls: own.urls, mix }) },
      out,
    );
    finish(runs, request, terminal, out);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')
      throw new UsageError(`--port: ${request.port} is already in use`);
    if (!signal.aborted) throw error;
    out.write(
      '\nInterrupted: every process of the rehearsal has been stopped; nothing outside this machine was changed.\n',
    );
    terminal.exit(EXIT.interrupted);
  } finally {
    await synthesis.dispose();
  }
}

async function runAll(
  { scenarios }: RehearsalRequest,
  options: Omit<RehearsalOptions, 'progress'>,
  out: Screen,
): Promise<RunEvidence[]> {
  const runs: RunEvidence[] = [];
  for (const scenario of scenarios) {
    out.write(`\n== ${scenario.title} ==\n`);
    const progress = progressTo(out);
    try {
      runs.push(await rehearse(scenario, { ...options, progress }));
    } finally {
      progress.done();
    }
  }
  return runs;
}

function finish(
  runs: readonly RunEvidence[],
  { report, json }: RehearsalRequest,
  terminal: Terminal,
  out: Screen,
): void {
  const file = resolve(report);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, reportHtml(runs));
  const logs = runs.map((run, i) => writeLog(run, `${file.replace(/\.html?$/, '')}-${i + 1}.ndjson`));
  out.write('\n');
  for (const run of runs) out.write(`${summary(run)}\n`);
  out.write(`Report: ${pathToFileURL(file).href}\n`);
  out.write(`Decision logs (for \`crossfade replay\`): ${logs.join(', ')}\n`);
  if (json) say(terminal.out, JSON.stringify(runs));
  terminal.exit(runs.every((run) => run.verdict.ok) ? EXIT.ok : EXIT.failed);
}

/** The file that `crossfade export` writes of a cutover in AWS. */
function writeLog(run: RunEvidence, file: string): string {
  writeFileSync(file, `${[...decisionLogLines(run, run.log)].join('\n')}\n`);
  return relative(process.cwd(), file);
}

function summary({ title, verdict, requests, back, speed }: RunEvidence): string {
  const failed = Object.entries(requests.failed)
    .map(([side, n]) => `${n} answered by ${side}`)
    .join(', ');
  const lines = [
    `${verdict.ok ? 'PASS' : 'FAIL'}  ${title}: ${verdict.sentence}`,
    `      ${requests.sent} client requests sent, failed: ${failed || 'none'}`,
  ];
  if (back !== null) {
    const after = (seconds: number) => `${seconds.toFixed(0)} s`;
    lines.push(
      `      rollback triggered ${after(back.toRequest)} after the fault, weights restored after ${after(back.toWeights)}, traffic confirmed back on stable after ${after(back.toVerified)} (simulated time; the rehearsal runs at ${speed}x)`,
    );
  }
  return lines.join('\n');
}
