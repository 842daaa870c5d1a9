/** Sends each request to both sides at the same moment, at a limited rate. */
import { setTimeout as delay } from 'node:timers/promises';
import type { RawBody } from '../../../capture/bytes/index.ts';
import type { CaptureRecord } from '../../../capture/format/index.ts';
import type { RawLeg, RecordMaker } from '../../../capture/index.ts';
import { addUnreadable, type Position, type Summary, type Unreadable } from '../../../parity/tally/index.ts';
import { SIDES, type Side } from '../../../sides/index.ts';
import { eachBounded } from '../../shared/index.ts';
import type { SkippedRequests } from './not-sent.ts';
import { admit, leaveFor, mayAskAgain, type SendPolicy } from './policy.ts';
import { type Probe, probe } from './probes.ts';
import type { Renewal } from './renewal.ts';
import type { Planned, PlannedRequest } from './requests/index.ts';
import { alignedLegs } from './session/index.ts';
import type { ServiceSide } from './side.ts';

export interface SendPlan {
  readonly requests: AsyncIterable<Planned | Unreadable> | Iterable<Planned | Unreadable>;
  readonly policy: SendPolicy;
  readonly probes: readonly Probe[];
  /** The most requests that are sent, including probes. */
  readonly limit: number;
}

/** Requests of a plan that are not sent, and inputs that were expected and do not exist. */
export interface NotSent {
  /** Entries of the policy that were needed to send a request. */
  readonly needed: Set<SendPolicy['allowed'][number]>;
  readonly skipped: SkippedRequests;
  /** Whether there were more requests than may be sent. */
  isCut: boolean;
  /** Names of the sources. */
  readonly files: readonly string[];
  readonly summary: Summary;
}

/**
 * The requests that may be sent, each with its probes. Probes are sent once per route, because they test how the route
 * is implemented.
 */
export async function* toSend(
  { requests, policy, probes, limit }: SendPlan,
  not: NotSent,
): AsyncGenerator<PlannedRequest> {
  const probed = new Set<string>();
  let sent = 0;
  for await (const planned of requests) {
    if ('reason' in planned) {
      addUnreadable(not.summary, planned.at, planned.reason);
      continue;
    }
    for (const request of 'skipped' in planned ? [planned] : [planned, ...probesOf(planned, probes, probed)]) {
      const admitted = 'skipped' in request ? request : admit(request, policy);
      if (!('skipped' in request)) for (const leave of leaveFor(request, policy)) not.needed.add(leave);
      if ('skipped' in admitted) not.skipped.add(admitted, not.files);
      else {
        if (sent++ >= limit) {
          not.isCut = true;
          return;
        }
        yield admitted;
      }
    }
  }
}

function* probesOf(request: PlannedRequest, probes: readonly Probe[], probed: Set<string>): Generator<PlannedRequest> {
  // A step on which others depend, or that changes something, is sent as written.
  const isAwaited = (request.take ?? []).length > 0;
  if (isAwaited || (request.inFlow === true && !mayAskAgain(request.method))) return;
  for (const name of probes) {
    const key = `${name} ${request.route}`;
    const varied = probed.has(key) ? null : probe(request, name);
    if (varied === null) continue;
    probed.add(key);
    yield varied;
  }
}

export interface ContractReplay {
  readonly stable: ServiceSide;
  readonly candidate: ServiceSide;
  /** Whether to send safe requests to stable a second time, to record control answers. */
  readonly noise: boolean;
  /** Requests to each side per second. */
  readonly rps: number;
  readonly concurrency: number;
  readonly records: RecordMaker;
  /** By the name within their braces; no output may contain these values. */
  readonly secrets: ReadonlyMap<string, string>;
  /** Filled during the run: the member from which a variable is taken, by its name. */
  readonly places: Map<string, string>;
  /** When a run began that creates things, in milliseconds since 1970; null if it creates none. */
  readonly began: number | null;
  /** By side: logs in again if a login has expired. */
  readonly renewals: Readonly<Record<Side, Renewal>>;
  /** Called with variables that an answer lacks. */
  readonly onMissing: (side: Side, request: PlannedRequest, names: readonly string[]) => void;
  /** Called with a request that cannot be sent after its variables were filled in, and the reason. */
  readonly onUnfit: (request: PlannedRequest, why: string) => void;
  readonly signal: AbortSignal;
  /** Called with each capture, redacted. */
  readonly onRecord: (record: CaptureRecord, at: Position) => Promise<void>;
}

export async function replay(plan: SendPlan, not: NotSent, options: ContractReplay): Promise<void> {
  const { concurrency, rps, signal } = options;
  await eachBounded(paced(toSend(plan, not), rps, signal), concurrency, async (request) => {
    const lack = lackOf(request, options);
    const hindrance = lack ?? unfitOf(request, options);
    if (hindrance !== null) {
      not.skipped.add({ skipped: hindrance, of: request.id, at: request.at }, not.files);
      if (lack === null) options.onUnfit(request, hindrance);
      for (const { session } of [options.stable, options.candidate]) session.miss(request);
      return;
    }
    const record = await exchange(request, options);
    if (record !== null) await options.onRecord(record, request.at);
  });
}

type Sides = Pick<ContractReplay, 'stable' | 'candidate'>;

/** Sides to which the request is sent; each may have variables of its own. */
const askedFor = ({ only }: PlannedRequest) => (only === undefined ? SIDES : [only]);

/** The first name that a side needs and that its answers have not given. */
function lackOf(request: PlannedRequest, sides: Sides): string | null {
  const asked = askedFor(request);
  const lacking = asked.filter((side) => sides[side].session.lackOf(request) !== null);
  const [first] = lacking;
  if (first === undefined) return null;
  const whose = lacking.length === asked.length ? '' : first === 'stable' ? ' of stable' : ' of the candidate';
  return `it needs ${sides[first].session.lackOf(request)}, which no answer${whose} has given`;
}

function unfitOf(request: PlannedRequest, sides: Sides): string | null {
  const unfit = askedFor(request).map((side) => sides[side].session.unfitOf(request));
  return unfit.find((why) => why !== null) ?? null;
}

async function exchange(
  request: PlannedRequest,
  { stable, candidate, noise, records, secrets, places, began, renewals, onMissing }: ContractReplay,
): Promise<CaptureRecord | null> {
  const at = Date.now();
  if (request.only !== undefined) {
    const side = request.only === 'stable' ? stable : candidate;
    learn(request, request.only, side, await side.ask(request), onMissing);
    return null;
  }
  const [asked, answered] = await Promise.all([
    renewals.stable.ask(stable, request),
    renewals.candidate.ask(candidate, request),
  ]);
  const second = noise && mayAskAgain(request.method) ? await stable.ask(request) : undefined;
  learn(request, 'stable', stable, asked, onMissing);
  learn(request, 'candidate', candidate, answered, onMissing);
  const values = { stable: stable.session.values, candidate: candidate.session.values };
  for (const { name, from } of request.take ?? [])
    if (from.kind === 'json') places.set(name, from.pointer.slice(from.pointer.lastIndexOf('/') + 1));
  const moments = began === null ? null : { began, now: Date.now() };
  const legs = alignedLegs({ stable: asked, candidate: answered, noise: second }, values, secrets, places, moments);
  const [ours, theirs, again] = [legs.stable, legs.candidate, legs.noise];
  const record = records.make({
    at,
    requestId: request.id,
    method: request.method,
    target: request.target,
    headers: request.headers.flat(),
    ...(request.body === null ? {} : { requestBody: rawBody(request.body) }),
    primary: 'stable',
    stable: ours,
    candidate: theirs,
    ...(again === undefined ? {} : { noise: again }),
  });
  return { ...record, route: request.route, hosts: { stable: stable.host, candidate: candidate.host } };
}

function learn(
  request: PlannedRequest,
  name: Side,
  { session }: ServiceSide,
  leg: RawLeg,
  onMissing: ContractReplay['onMissing'],
): void {
  const missing = session.learn(request, leg, Date.now());
  if (missing.length > 0) onMissing(name, request, missing);
}

function rawBody(body: Buffer): RawBody {
  return { data: new Uint8Array(body), bytes: body.length, truncated: false };
}

async function* paced<T>(items: AsyncIterable<T>, perSecond: number, signal: AbortSignal): AsyncGenerator<T> {
  let next = performance.now();
  for await (const item of items) {
    const wait = next - performance.now();
    if (wait > 0) await delay(wait, undefined, { signal });
    signal.throwIfAborted();
    next = Math.max(next, performance.now()) + 1000 / perSecond;
    yield item;
  }
}
