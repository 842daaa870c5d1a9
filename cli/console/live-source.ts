/** The page's content for a live ingress, read from AWS whenever the page requests it. */
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { ConsoleSource } from '../../console/server/index.ts';
import {
  type IngressReading,
  livePage,
  type PresentReading,
  type RunReading,
  type TrafficSeries,
} from '../../console/view/index.ts';
import { prometheusText } from '../../core/exposition/index.ts';
import { type Deployment, fromIso, type Lease, type LogEntry } from '../../core/model/index.ts';
import { CLIENT_OPTIONS } from '../../lambdas/aws/calls/index.ts';
import { cloudWatchAlarms, sideTraffic } from '../../lambdas/aws/cloudwatch/index.ts';
import { type DeployedOptions, type Located, statusReader } from '../run/index.ts';
import { asError, attempt, NOTHING_CHANGED, UsageError } from '../shared/index.ts';
import { callerArn, openLedger, soFar } from '../steer/index.ts';
import { act } from './actions.ts';

/** Metrics change once a minute, and each reading is paid for. */
const TRAFFIC_LASTS_MS = 30_000;
/** How much is shown before a run begins and after it ended. */
const AROUND_MS = 5 * 60_000;

export async function liveSource(options: DeployedOptions, { deployment, now }: Located): Promise<ConsoleSource> {
  const [ledger, readStatus, caller] = await Promise.all([
    openLedger(options),
    statusReader(deployment),
    callerArn().catch(() => null),
  ]);
  const cloudWatch = new CloudWatchClient(CLIENT_OPTIONS);
  const alarms = cloudWatchAlarms(cloudWatch);
  const traffic = remembered((range) => trafficOf(cloudWatch, deployment, range, now()), now);

  const present = async (gaps: string[]): Promise<Pick<IngressReading, 'run' | 'present'>> => {
    const { item: lease, live, drift, log, request } = await readStatus();
    if (lease === null) return { run: null, present: null };
    const names = [...deployment.rollbackAlarms, ...deployment.shadowAlarms];
    const [readings, shown] = await Promise.all([
      orGap(gaps, 'The alarms', () => alarms.read(names)),
      orGap(gaps, 'Traffic', () => traffic(rangeOf(lease, log, now()))),
    ]);
    const reading: PresentReading = { live, drift, alarms: readings ?? [], request, soFar: soFarOf(log, lease) };
    return { run: runOf(deployment, lease, log, shown), present: reading };
  };

  const past = async (cutover: string, runs: readonly Lease[], gaps: string[]) => {
    const lease = runs.find(({ cutoverId }) => cutoverId === cutover);
    if (lease === undefined) throw new UsageError(`There is no earlier cutover "${cutover}" on this ingress.`);
    const log = await ledger.decisionLog.entries(lease.cutoverId);
    const shown = await orGap(gaps, 'Traffic', () => traffic(rangeOf(lease, log, now())));
    return { run: runOf(deployment, lease, log, shown), present: null };
  };

  return {
    act: (request) => act(request, ledger),
    metrics: () =>
      attempt(
        () => NOTHING_CHANGED,
        async () => {
          const { item: lease, log: entries } = await readStatus();
          return prometheusText(lease === null ? [] : [{ lease, entries, noticeFailures: null }]);
        },
      ),
    view: (cutover) =>
      attempt(
        () => NOTHING_CHANGED,
        async () => {
          const gaps: string[] = [];
          const runs = (await orGap(gaps, 'Earlier cutovers', () => ledger.past())) ?? [];
          const read = cutover === null ? await present(gaps) : await past(cutover, runs, gaps);
          return livePage({ deployment, at: now(), caller, past: runs, gaps, ...read });
        },
      ),
  };
}

function runOf(
  deployment: Deployment,
  lease: Lease,
  log: readonly LogEntry[],
  traffic: TrafficSeries | null,
): RunReading {
  return { deployment, lease, log, traffic, causes: [] };
}

interface Range {
  readonly from: number;
  readonly to: number;
}

function rangeOf({ startedAt, status }: Lease, log: readonly LogEntry[], now: number): Range {
  const last = log.at(-1);
  const to = status === 'running' || last === undefined ? now : Math.min(now, fromIso(last.at) + AROUND_MS);
  return { from: fromIso(startedAt) - AROUND_MS, to };
}

async function trafficOf(
  client: CloudWatchClient,
  deployment: Deployment,
  range: Range,
  now: number,
): Promise<TrafficSeries> {
  const { periodSeconds, samples } = await sideTraffic(client, deployment, range, now);
  const interval = periodSeconds < 3_600 ? `${periodSeconds / 60} min` : `${periodSeconds / 3_600} h`;
  return { samples, intervalSeconds: periodSeconds, interval, source: "the load balancer's metrics" };
}

/** Caches the answer for {@link TRAFFIC_LASTS_MS}, for the same beginning. */
function remembered(
  read: (range: Range) => Promise<TrafficSeries>,
  now: () => number,
): (range: Range) => Promise<TrafficSeries> {
  let known: { readonly from: number; readonly at: number; readonly traffic: TrafficSeries } | null = null;
  return async (range) => {
    if (known !== null && known.from === range.from && now() - known.at < TRAFFIC_LASTS_MS) return known.traffic;
    const traffic = await read(range);
    known = { from: range.from, at: now(), traffic };
    return traffic;
  };
}

/** If a part cannot be read: null, and a sentence in the gaps. Everything else is shown. */
async function orGap<T>(gaps: string[], what: string, read: () => Promise<T>): Promise<T | null> {
  try {
    return await attempt(() => NOTHING_CHANGED, read);
  } catch (error) {
    gaps.push(`${what} could not be read: ${asError(error).message}`);
    return null;
  }
}

/** null for a log without its beginning. */
function soFarOf(log: readonly LogEntry[], lease: Lease): PresentReading['soFar'] {
  try {
    return soFar(log, lease);
  } catch (error) {
    if (error instanceof UsageError) return null;
    throw error;
  }
}
