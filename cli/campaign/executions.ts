/** The executions of campaigns in this account and region. */
import { type CampaignState, campaignStateSchema } from '../../core/campaign/index.ts';

export interface CampaignRun {
  readonly execution: string;
  /** Step Functions' word. */
  readonly status: string;
  /** After the newest look; before the first one its input. */
  readonly state: CampaignState;
}

export interface Campaigns {
  /** As the caller. @returns false for a name that was used before */
  start(execution: string, input: object): Promise<boolean>;
  /** The newest execution of a campaign: a long one goes on in others. */
  newest(name: string): Promise<CampaignRun | null>;
  /** Ends an execution where it stands. One that has ended stays as it is. */
  stop(execution: string, reason: string): Promise<void>;
}

const MACHINE = 'crossfade-campaign';
/** Events of two looks: the newest output of one is among them. */
const EVENTS = 40;

/** By the caller's credentials and region. */
export async function openCampaigns(): Promise<Campaigns> {
  const [
    {
      DescribeExecutionCommand,
      GetExecutionHistoryCommand,
      ListExecutionsCommand,
      SFNClient,
      StartExecutionCommand,
      StopExecutionCommand,
    },
    { GetCallerIdentityCommand, STSClient },
    { CLIENT_OPTIONS },
  ] = await Promise.all([
    import('@aws-sdk/client-sfn'),
    import('@aws-sdk/client-sts'),
    import('../../lambdas/aws/calls/index.ts'),
  ]);
  const states = new SFNClient(CLIENT_OPTIONS);
  const { Arn = '' } = await new STSClient(CLIENT_OPTIONS).send(new GetCallerIdentityCommand({}));
  const [, partition, , , account] = Arn.split(':');
  const stateMachineArn = `arn:${partition}:states:${await states.config.region()}:${account}:stateMachine:${MACHINE}`;

  async function lastState(executionArn: string): Promise<CampaignState> {
    const { events = [] } = await states.send(
      new GetExecutionHistoryCommand({
        executionArn,
        reverseOrder: true,
        maxResults: EVENTS,
        includeExecutionData: true,
      }),
    );
    for (const { stateExitedEventDetails: left } of events) {
      if (left?.name !== 'Look' || left.output === undefined) continue;
      return campaignStateSchema.parse(JSON.parse(left.output));
    }
    const { input = '{}' } = await states.send(new DescribeExecutionCommand({ executionArn }));
    return campaignStateSchema.parse(JSON.parse(input));
  }

  const arnOf = (execution: string) => `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${execution}`;

  async function exists(execution: string): Promise<boolean> {
    try {
      await states.send(new DescribeExecutionCommand({ executionArn: arnOf(execution) }));
      return true;
    } catch (error) {
      if (error instanceof Error && error.name === 'ExecutionDoesNotExist') return false;
      throw error;
    }
  }

  return {
    async start(name, input) {
      // Step Functions answers a second start of a running execution, with the same input, as it did the first.
      if (await exists(name)) return false;
      try {
        await states.send(
          new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify({ startedBy: Arn, ...input }) }),
        );
        return true;
      } catch (error) {
        if (error instanceof Error && error.name === 'ExecutionAlreadyExists') return false;
        throw error;
      }
    },
    async newest(name) {
      let nextToken: string | undefined;
      do {
        const page = await states.send(
          new ListExecutionsCommand({ stateMachineArn, ...(nextToken === undefined ? {} : { nextToken }) }),
        );
        // The newest come first. https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListExecutions.html
        const found = page.executions?.find((e) => e.name === name || e.name?.startsWith(`${name}_`) === true);
        if (found?.name !== undefined && found.executionArn !== undefined)
          return { execution: found.name, status: found.status ?? '', state: await lastState(found.executionArn) };
        nextToken = page.nextToken;
      } while (nextToken !== undefined);
      return null;
    },
    async stop(execution, reason) {
      const executionArn = arnOf(execution);
      // https://docs.aws.amazon.com/step-functions/latest/apireference/API_StopExecution.html: the cause may have 32,768 characters.
      const cause = `${Arn}: ${reason}`.slice(0, 32_768);
      await states.send(new StopExecutionCommand({ executionArn, error: 'Crossfade.CampaignStopped', cause }));
    },
  };
}
