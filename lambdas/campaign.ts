/**
 * Campaign: one evaluation of all its cutovers. The core decides what starts, pauses and rolls back; the machine calls
 * again.
 */
import * as z from 'zod';
import {
  budgetProblems,
  type CampaignPorts,
  type CampaignState,
  campaignIn,
  campaignServices,
  campaignStateSchema,
  deploymentProblems,
  executionOf,
  isAccepted,
  isUnderWay,
  LONGEST_MESSAGE,
  LOOKS_PER_EXECUTION,
  type LookDeps,
  lookAt,
  type WallClock,
} from '../core/campaign/index.ts';
import { type Clock, InvalidPlanError } from '../core/model/index.ts';
import { shortened } from '../input/index.ts';
import { campaignPorts } from './compose/campaign.ts';

/** The event that the machine sends. */
const eventSchema = z.strictObject({
  state: campaignStateSchema,
  /** Name of the campaign's execution. */
  execution: z.string(),
});

export interface CampaignDeps {
  readonly ports: CampaignPorts;
  readonly clock: Clock;
  readonly wallClock: WallClock;
  /** Continues in an execution with this name; one that already exists is not a failure. */
  continueAs(execution: string, input: unknown): Promise<void>;
  /** Writes one line to the log. */
  log(line: string): void;
}

export function makeHandler(deps: CampaignDeps) {
  return async (event: unknown): Promise<CampaignState> => {
    const { state, execution } = eventSchema.parse(event);
    const read = campaignIn(state, deps.wallClock);
    if ('problems' in read) throw new InvalidPlanError(read.problems, undefined, 'campaign');
    const { campaign } = read;
    const look: LookDeps = { ...deps, by: `campaign ${execution}`, startedBy: state.startedBy };
    if (!isAccepted(state)) {
      const problems = [...budgetProblems(campaign), ...(await deploymentProblems(look, campaign))];
      if (problems.length > 0) throw new InvalidPlanError(problems, undefined, 'campaign');
    }
    const known = state.states === null ? null : new Map(Object.entries(state.states));
    const { outcome, states, memory, waitSeconds, held, trouble } = await lookAt(look, campaign, known, state.memory);
    const count = (is: (at: string) => boolean) => [...states.values()].filter(({ at }) => is(at)).length;
    const moving = [...states.values()].filter(isUnderWay).length;
    const whole = [
      `${count((at) => at === 'completed')} of ${campaignServices(campaign).length} complete, ${moving} under way.`,
      ...(held === null ? [] : [held]),
      ...trouble.map((one) => `Not done, and tried again: ${one}`),
    ].join(' ');
    deps.log(JSON.stringify({ campaign: campaign.name, outcome, message: whole }));
    const next: CampaignState = {
      ...state,
      states: Object.fromEntries(states),
      accepted: true,
      memory,
      looks: state.looks + 1,
      next: outcome === 'underWay' ? 'look' : outcome,
      waitSeconds,
      message: shortened(whole, LONGEST_MESSAGE),
    };
    if (next.next !== 'look' || next.looks < LOOKS_PER_EXECUTION) return next;
    const part = state.part + 1;
    await deps.continueAs(executionOf(campaign.name, part), { ...next, looks: 0, part });
    return { ...next, next: 'continued' };
  };
}

export const handler = async (event: unknown) => makeHandler(campaignPorts())(event);
