/** Campaigns on Step Functions: one machine per account and region, and an execution for each campaign. */
import {
  DescribeExecutionCommand,
  ListExecutionsCommand,
  paginateGetExecutionHistory,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { type CampaignState, campaignStateSchema } from '../../core/campaign/index.ts';
import { CLIENT_OPTIONS } from '../../lambdas/aws/calls/index.ts';
import type { CampaignRun, Campaigns } from './executions.ts';

const MACHINE = 'crossfade-campaign';
/** Two evaluations have fewer events; one that is being tried again in an outage of an API may have more. */
const EVENTS_PER_PAGE = 40;

export async function openAwsCampaigns(): Promise<Campaigns> {
  const states = new SFNClient(CLIENT_OPTIONS);
  const { Arn = '' } = await new STSClient(CLIENT_OPTIONS).send(new GetCallerIdentityCommand({}));
  const [, partition, , , account] = Arn.split(':');
  const machine = `arn:${partition}:states:${await states.config.region()}:${account}:stateMachine:${MACHINE}`;
  return new AwsCampaigns(states, Arn, machine);
}

class AwsCampaigns implements Campaigns {
  readonly #states: SFNClient;
  readonly #caller: string;
  readonly #machineArn: string;

  constructor(states: SFNClient, caller: string, machineArn: string) {
    this.#states = states;
    this.#caller = caller;
    this.#machineArn = machineArn;
  }

  async start(name: string, input: object): Promise<boolean> {
    // Step Functions answers a second start of a running execution with the same input as it did the first.
    if (await this.#exists(name)) return false;
    const given = JSON.stringify({ startedBy: this.#caller, ...input });
    const start = new StartExecutionCommand({ stateMachineArn: this.#machineArn, name, input: given });
    return unless('ExecutionAlreadyExists', this.#states.send(start));
  }

  async newest(name: string): Promise<CampaignRun | null> {
    let nextToken: string | undefined;
    do {
      const list = { stateMachineArn: this.#machineArn, ...(nextToken === undefined ? {} : { nextToken }) };
      const page = await this.#states.send(new ListExecutionsCommand(list));
      // Latest first. https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListExecutions.html
      const found = page.executions?.find((e) => e.name === name || e.name?.startsWith(`${name}_`) === true);
      if (found?.name !== undefined && found.executionArn !== undefined)
        return { execution: found.name, status: found.status ?? '', state: await this.#lastState(found.executionArn) };
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    return null;
  }

  async stop(execution: string, reason: string): Promise<void> {
    const cause = `${this.#caller}: ${reason}`;
    await this.#states.send(
      new StopExecutionCommand({ executionArn: this.#arnOf(execution), error: 'Crossfade.CampaignStopped', cause }),
    );
  }

  #exists(execution: string): Promise<boolean> {
    const describe = new DescribeExecutionCommand({ executionArn: this.#arnOf(execution) });
    return unless('ExecutionDoesNotExist', this.#states.send(describe));
  }

  #arnOf(execution: string): string {
    return `${this.#machineArn.replace(':stateMachine:', ':execution:')}:${execution}`;
  }

  async #lastState(executionArn: string): Promise<CampaignState> {
    const history = { executionArn, reverseOrder: true, includeExecutionData: true };
    const pages = paginateGetExecutionHistory({ client: this.#states, pageSize: EVENTS_PER_PAGE }, history);
    for await (const { events = [] } of pages)
      for (const { stateExitedEventDetails: left } of events) {
        if (left?.name !== 'Look' || left.output === undefined) continue;
        return campaignStateSchema.parse(JSON.parse(left.output));
      }
    const { input = '{}' } = await this.#states.send(new DescribeExecutionCommand({ executionArn }));
    return campaignStateSchema.parse(JSON.parse(input));
  }
}

/** Returns true if the call succeeds and false if it fails with this error. @throws any other failure */
async function unless(errorName: string, call: Promise<unknown>): Promise<boolean> {
  try {
    await call;
    return true;
  } catch (error) {
    if (error instanceof Error && error.name === errorName) return false;
    throw error;
  }
}
