/** Runs one contract, from its files to its outcome. */

import { RecordMaker } from '../../../capture/index.ts';
import type { RedactionRules } from '../../../capture/redaction/index.ts';
import type { Servers } from '../../../parity/causes/index.ts';
import type { Baseline } from '../../../parity/roots/index.ts';
import type { RuleSet } from '../../../parity/rules/index.ts';
import { emptySummary, mergeInto } from '../../../parity/tally/index.ts';
import { SIDES, type Side } from '../../../sides/index.ts';
import { EXIT, type ExitCode, type FailOn, outputFile, plainLines, say, type Terminal } from '../../shared/index.ts';
import {
  comparedSoFar,
  comparer,
  deliver,
  idleRoutes,
  idleRules,
  notesOn,
  type OutputOptions,
  outputsOf,
  type ReadingProgress,
  readingProgress,
} from '../outcome/index.ts';
import { CaptureCounter, type CountedCaptures } from './counting.ts';
import { dryRun } from './dry-run.ts';
import { SkippedRequests } from './not-sent.ts';
import { admit, type SendPolicy } from './policy.ts';
import type { Probe } from './probes.ts';
import { openRecords } from './records-file.ts';
import { Renewal } from './renewal.ts';
import { type ContractReplay, type NotSent, replay, type SendPlan, toSend } from './replay.ts';
import { findSources, type PlannedRequest, requestsOf, type Source } from './requests/index.ts';
import type { SideSession } from './session/index.ts';
import { type Sessions, sessionsOf } from './sessions.ts';
import { Shown } from './shown.ts';
import { reachable, ServiceSide } from './side.ts';
import { Spool } from './spool.ts';

export interface ContractRequest {
  readonly stable: URL;
  readonly candidate: URL;
  /** Trusted certificates (PEM); undefined: those that Node trusts. */
  readonly authorities: readonly string[] | undefined;
  /** The file from which they were read. */
  readonly ca: string | undefined;
  readonly policy: SendPolicy;
  readonly probes: readonly Probe[];
  readonly routes: readonly string[];
  /** Files of flows that precede all requests. */
  readonly logins: readonly string[];
  /** Values of parameters and variables of documents, by name. */
  readonly values: ReadonlyMap<string, string>;
  /** Fields for one side only, which replace those of a request. */
  readonly sideHeaders: Readonly<Record<Side, readonly (readonly [string, string])[]>>;
  /** Whether cookies are stored and sent as in a browser, separately for each side. */
  readonly cookies: boolean;
  readonly redaction: RedactionRules;
  readonly rules: RuleSet;
  readonly noise: boolean;
  readonly rps: number;
  readonly concurrency: number;
  readonly deadlineMs: number;
  readonly limit: number;
  readonly out?: string;
  readonly failOn: FailOn;
  readonly baseline: Baseline;
  readonly servers: Servers;
  readonly outputs: OutputOptions;
  readonly dryRun: boolean;
}

/** How many bytes of each answer are kept. */
const BODY_CAP = 1024 * 1024;

/** @returns the exit code @throws UsageError before anything has been sent */
export async function runContract(
  files: readonly string[],
  request: ContractRequest,
  terminal: Terminal,
): Promise<ExitCode> {
  const { policy, probes, limit, routes } = request;
  const sources = await findSources(terminal.stdin, request.logins, files, {
    named: 'files',
    routes,
    values: request.values,
    bases: [request.stable.pathname, request.candidate.pathname],
  });
  const sessions = sessionsOf(request, sources, terminal.environment);
  const names = sources.map(({ file }) => file);
  const signal = terminal.interruption();
  const contract: Contract = {
    request,
    terminal,
    sources,
    names,
    sessions,
    plan: { requests: requestsOf(sources, { routes, signal }), policy, probes, limit },
    not: { needed: new Set(), isCut: false, skipped: new SkippedRequests(), files: names, summary: emptySummary() },
    signal,
    tell: (text) => say(request.outputs.json === true ? terminal.err : terminal.out, plainLines(text)),
  };
  try {
    return await (request.dryRun ? showRequests(contract) : compareServices(contract));
  } catch (error) {
    if (!signal.aborted) throw error;
    return EXIT.interrupted;
  }
}

interface Contract {
  readonly request: ContractRequest;
  readonly terminal: Terminal;
  readonly sources: readonly Source[];
  /** Names of the files, as given. */
  readonly names: readonly string[];
  readonly sessions: Sessions;
  readonly plan: SendPlan;
  readonly not: NotSent;
  readonly signal: AbortSignal;
  readonly tell: (text: string) => void;
}

async function showRequests(contract: Contract): Promise<ExitCode> {
  const { request, names, plan, not, tell } = contract;
  const { requests, text } = await dryRun(toSend(plan, not));
  const idle = [...cutShort(request, not), ...idleLeave(request.policy, not)];
  tell([announcement(contract), text, ...not.skipped.lines(), ...idle, ...unread(not, names)].join('\n'));
  return requests > 0 ? EXIT.ok : EXIT.usage;
}

async function compareServices(contract: Contract): Promise<ExitCode> {
  const { request, terminal, sources, names, not, tell } = contract;
  const { failOn, baseline, stable, candidate, policy } = request;
  const out = request.out === undefined ? undefined : outputFile('--out', request.out, names);
  const outputs = outputsOf(request.outputs, out === undefined ? names : [...names, out]);
  await reachable('--stable', stable, request.authorities);
  await reachable('--candidate', candidate, request.authorities);
  tell(announcement(contract));
  const at = Date.now();
  const missing = new Map<string, number>();
  const shown = new Shown();
  const logins = sources.slice(0, request.logins.length).flatMap(({ flow }) => flow?.steps ?? []);
  const renewals = renewalsOf(logins, policy);
  const progress = readingProgress(terminal.err, []);
  const { summary, noise } = await send(contract, { missing, shown, renewals, out, at, progress });
  mergeInto(not.summary, summary);
  for (const line of not.skipped.lines()) tell(line);
  return deliver(terminal, not.summary, {
    title: 'Crossfade contract',
    sources: names,
    failOn,
    baseline,
    bases: { stable: stable.href, candidate: candidate.href, ca: request.ca },
    outputs,
    sent: names,
    unmet: [...missing].map(([what, count]) => `${what}${count === 1 ? '' : ` (${count} times)`}`),
    noise,
    notes: [
      ...notesOn(request.rules, at),
      ...idleRules(request.rules, at, not.summary),
      ...cutShort(request, not),
      ...(not.isCut ? [] : idleRoutes(request.routes, not.summary)),
      ...idleLeave(policy, not),
      ...shown.notes(),
      ...SIDES.flatMap((side) => renewed(side, renewals[side].count)),
    ],
  });
}

/** The steps of a flow wait for each other. */
function concurrencyOf({ concurrency }: ContractRequest, { inOrder }: Sessions): number {
  return inOrder ? 1 : concurrency;
}

interface Sending {
  /** Filled during the run: how often answers lacked each variable. */
  readonly missing: Map<string, number>;
  /** Filled during the run. */
  readonly shown: Shown;
  readonly renewals: ContractReplay['renewals'];
  readonly out: string | undefined;
  /** When it began, in milliseconds since the epoch. */
  readonly at: number;
  readonly progress: ReadingProgress;
}

async function send(
  { request, sessions, plan, not, signal }: Contract,
  { missing, shown, renewals, out, at, progress }: Sending,
): Promise<CountedCaptures> {
  const concurrency = concurrencyOf(request, sessions);
  const { deadlineMs, authorities, routes, redaction, rules, baseline, servers, rps, noise } = request;
  const sample = { cap: BODY_CAP, key: redaction.key };
  const side = (base: URL, session: SideSession) =>
    new ServiceSide(base, { concurrency, deadlineMs, sample, signal, session, authorities });
  const [stable, candidate] = [side(request.stable, sessions.stable), side(request.candidate, sessions.candidate)];
  const records = await openRecords(out);
  const spool = noise ? await Spool.open() : null;
  const counting = new CaptureCounter((model) => comparer({ rules, at, baseline, servers }, model), spool);
  try {
    await replay(plan, not, {
      stable,
      candidate,
      noise,
      rps,
      concurrency,
      records: new RecordMaker({ ingress: 'contract', routes, redaction }),
      signal,
      secrets: sessions.secrets,
      places: new Map(),
      began: sessions.inOrder ? at : null,
      renewals,
      onMissing: (name, { id }, names) => {
        const what = `${name} did not give ${names.join(', ')} in its answer to ${id}`;
        missing.set(what, (missing.get(what) ?? 0) + 1);
      },
      onUnfit: ({ id }, why) => {
        missing.set(`${id} was not sent: ${why}`, 1);
      },
      onRecord: async (record, position) => {
        shown.add(record);
        await counting.add(record, position);
        progress.update(0, 1, () => comparedSoFar(counting.soFar));
        await records.write(record);
      },
    });
    return await counting.end(signal);
  } finally {
    progress.done();
    await Promise.all([stable.close(), candidate.close(), records.close(), spool?.close()]);
  }
}

function renewalsOf(logins: readonly PlannedRequest[], policy: SendPolicy): ContractReplay['renewals'] {
  const steps = logins.flatMap((step) => {
    const admitted = admit(step, policy);
    return 'skipped' in admitted ? [] : [admitted];
  });
  return { stable: new Renewal(steps, 'stable'), candidate: new Renewal(steps, 'candidate') };
}

function renewed(side: string, count: number): string[] {
  return count === 0
    ? []
    : [`${side} answered 401 and was logged in again ${count === 1 ? 'once' : `${count} times`}.`];
}

function cutShort({ limit }: ContractRequest, { isCut }: NotSent): string[] {
  return isCut ? [`--limit ${limit} was reached: the requests behind are not sent.`] : [];
}

/** Requests that were cut off may have needed it. */
function idleLeave({ allowed }: SendPolicy, { needed, isCut }: NotSent): string[] {
  if (isCut) return [];
  const idle = allowed.filter((entry) => !needed.has(entry)).map(({ method, template }) => `${method}:${template}`);
  return idle.length === 0 ? [] : [`--allow ${idle.join(', ')} took in no request.`];
}

/** Printed before anything is sent. */
function announcement({ names, request, sources, sessions }: Contract): string {
  const flows = names.filter((_, i) => sources[i]?.flow !== undefined);
  const others = names.filter((_, i) => sources[i]?.flow === undefined);
  const allowed = request.policy.allowed.map(({ method, template }) => `, and ${method} ${template}`).join('');
  const probes = request.probes.length === 0 ? '' : `, and the probes ${request.probes.join(', ')} of each route`;
  const what = [
    ...(flows.length === 0 ? [] : [`all steps of ${flows.join(', ')}`]),
    ...(others.length === 0 ? [] : [`the safe requests (GET, HEAD, OPTIONS) of ${others.join(', ')}${allowed}`]),
  ];
  return [
    `Sending ${what.join(', and ')}${probes},`,
    `to ${request.stable.href} (stable${request.noise ? '; safe requests twice' : ''}) and ${request.candidate.href} (candidate), and nowhere else:`,
    `at most ${request.rps} a second, ${concurrencyOf(request, sessions)} at a time, ${request.limit} in total.`,
  ].join('\n');
}

function unread({ summary: { unreadable } }: NotSent, files: readonly string[]): string[] {
  const first = unreadable.first.map(({ at, reason }) => `  ${files[at.source] ?? ''}:${at.line} ${reason}`);
  return unreadable.count === 0
    ? []
    : [`Not parsed: ${unreadable.count === 1 ? '1 line' : `${unreadable.count} lines; the first ones`}:`, ...first];
}
