/** What somebody does next whose own services have been rehearsed. */
import type { RunEvidence } from '../../console/view/index.ts';
import { OWN_PROGRAM } from '../../rehearsal/machine/index.ts';
import type { OwnServices } from '../../rehearsal/scenario/index.ts';
import { healthProblem } from './own-services.ts';

/** By what brought the customers back: an alarm by its name, or the gate. */
const ADVICE: readonly (readonly [RegExp, (own: OwnServices) => string])[] = [
  [
    /parity|gate by (?:phase )?(?:shadow|exercise)/,
    ({ urls }) =>
      `compare the answers, which names each difference: ${OWN_PROGRAM} contract FILE --stable ${urls.stable} --candidate ${urls.candidate}; what owners decide may differ stands in rules, for both commands by --rules`,
  ],
  [/unhealthy/, ({ health }) => `see why a service stopped answering 200 at ${health}`],
  [/5xx|error/, () => 'look for the failed requests in the log of the candidate'],
  [/latency|slow/, () => 'look for what the candidate spends its time on'],
  [/mirror/, () => 'see above which copies were lost; a service that is not well loses them'],
];

/** Whether the services are still well, what was left as it was, and what to do where a run failed. */
export async function ownEnding(own: OwnServices, runs: readonly RunEvidence[]): Promise<string[]> {
  const sides = ['stable', 'candidate'] as const;
  const problems = await Promise.all(
    sides.map(async (side) => {
      const problem = await healthProblem(own.urls[side], own.health);
      return problem === null ? [] : [`Not well any more: --${side}: ${problem}.`];
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
    'Your services were asked, and not changed; all that the rehearsal started has been stopped.',
    ...next,
  ];
}

function adviceFor({ ledger, requests }: RunEvidence, own: OwnServices): string {
  const { rollback = null } = ledger ?? {};
  const unwell = /^the (?:candidate|stable side) has no healthy target/.test(rollback?.reason ?? '')
    ? ' unhealthy'
    : '';
  const cause = rollback === null ? '' : `${rollback.trigger} by ${rollback.by}${unwell}`;
  const found = ADVICE.find(([pattern]) => pattern.test(cause));
  if (found !== undefined) return found[1](own);
  const lost = Object.values(requests.failed).some((count) => count > 0);
  return lost
    ? 'look for the failed requests in the logs of both services'
    : 'the report shows every decision with its evidence';
}
