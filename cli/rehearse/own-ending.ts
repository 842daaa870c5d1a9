/** Advice after a rehearsal of somebody's own services. */

import type { RunEvidence } from '../../console/view/index.ts';
import { describeCause } from '../../core/model/index.ts';
import { OWN_PROGRAM } from '../../rehearsal/machine/index.ts';
import type { OwnServices } from '../../rehearsal/scenario/index.ts';
import { SIDES } from '../../sides/index.ts';
import { healthProblem } from './own-services.ts';

/** By the cause of the rollback: an alarm's name, or the reason of the gate or the watchdog. The first match counts. */
const ADVICE: readonly (readonly [RegExp, (own: OwnServices) => string])[] = [
  [
    /[Pp]arity|gate in (?:shadow|exercise)/,
    ({ urls }) =>
      `compare the answers: ${OWN_PROGRAM} contract FILE --stable ${urls.stable} --candidate ${urls.candidate} names each difference. Write rules for those that an owner accepts, and give both commands --rules`,
  ],
  [
    /Crossfade\.Refused/,
    () => 'see above why the cutover was refused: the candidate is judged by the answers of stable',
  ],
  [/unhealthy|no healthy/, ({ health }) => `see why a service stopped answering 200 at ${health}`],
  [/5xx|error/, () => 'look for the failed requests in the log of the candidate'],
  [/latency|slow/, () => 'profile the candidate: find what takes the time'],
  [/mirror/, () => 'see above which copies were lost; an unhealthy service loses them'],
];

/**
 * Whether the services are still healthy, what was left unchanged, and what to do if a run failed.
 * @param rps intended requests per real second
 */
export async function ownEnding(own: OwnServices, runs: readonly RunEvidence[], rps: number): Promise<string[]> {
  const problems = await Promise.all(
    SIDES.map(async (side) => {
      const problem = await healthProblem(own.urls[side], own.health, own.authorities);
      return problem === null ? [] : [`No longer healthy: --${side}: ${problem}.`];
    }),
  );
  const failed = runs.find(({ verdict }) => !verdict.ok);
  const unwell = problems.flat();
  const next =
    failed === undefined
      ? []
      : [`Next: ${unwell.length > 0 ? 'see why it ended, start it, and rehearse again' : adviceFor(failed, own)}.`];
  return [
    ...unwell,
    ...runs.flatMap((run) => overloaded(run, rps)).slice(0, 1),
    'The rehearsal sent requests to your services and changed nothing else about them; everything that it started has been stopped.',
    ...next,
  ];
}

/** Whether the services were slower than the intended rate. */
function overloaded({ requests, startedAt, endedAt, speed }: RunEvidence, rps: number): string[] {
  const taken = Math.round(requests.sent / ((endedAt - startedAt) / 1000 / speed));
  return taken >= rps * LEAST_SHARE || taken < 1
    ? []
    : [
        `Your services, or this machine, took ${taken} of ${Math.round(rps)} requests a real second: customers waited for each other, which raises the latencies. Lower --rps.`,
      ];
}

/** Minimum share of the intended requests; some are late on every machine. */
const LEAST_SHARE = 0.7;

function adviceFor({ ledger, requests }: RunEvidence, own: OwnServices): string {
  const { rollback = null } = ledger ?? {};
  const cause = rollback === null ? '' : describeCause(rollback);
  const found = ADVICE.find(([pattern]) => pattern.test(cause));
  if (found !== undefined) return found[1](own);
  const lost = Object.values(requests.failed).some((count) => count > 0);
  return lost
    ? 'look for the failed requests in the logs of both services'
    : 'the report shows every decision with its evidence';
}
