/** Plays a definition and its scripts in LocalStack's interpreter and in ours. */
import { once } from 'node:events';
import { CreateStateMachineAliasCommand, CreateStateMachineCommand, SFNClient } from '@aws-sdk/client-sfn';
import { ScaledClock } from '../../rehearsal/clock/clock.ts';
import type { Definition } from '../../rehearsal/cloud/states/definition.ts';
import { statesOperations } from '../../rehearsal/cloud/states/states-operations.ts';
import { LocalMachine } from '../../rehearsal/cloud/states/step-functions.ts';
import { serve } from '../rehearsal/cloud/support.ts';
import { stop } from '../support/http.ts';
import { outsideBy, play, type Told } from './executions.ts';
import { lambdaEndpoint, type Script, ScriptedFunctions } from './scripted-functions.ts';

export const { CROSSFADE_LOCALSTACK_URL: LOCALSTACK, CROSSFADE_LAMBDA_PORT: LAMBDA_PORT } = process.env;
if (LOCALSTACK === undefined)
  console.log('judges: left out (CROSSFADE_LOCALSTACK_URL is not set); `.ci/run` starts LocalStack where Python is');

/** LocalStack keeps the machines of each account and region apart, and takes the account from the access key. */
export function atLocalStack(account = '000000000000', region = 'us-east-1') {
  return { endpoint: LOCALSTACK ?? '', region, credentials: { accessKeyId: account, secretAccessKey: 'test' } };
}

export interface ToldByBoth {
  readonly ours: ReadonlyMap<string, Told>;
  readonly theirs: ReadonlyMap<string, Told>;
}

export async function playInBoth(
  name: string,
  definition: Definition,
  scripts: ReadonlyMap<string, Script>,
): Promise<ToldByBoth> {
  const client = new SFNClient(atLocalStack());
  const { arn, alias } = await published(client, name, definition);
  const theirFunctions = new ScriptedFunctions(scripts, outsideBy(client, arn));
  const lambda = lambdaEndpoint(theirFunctions.invoke);
  await once(lambda.listen(Number(LAMBDA_PORT), '127.0.0.1'), 'listening');
  try {
    const theirs = await play(client, alias, theirFunctions);
    return { theirs, ours: await playInOurs(arn, alias, definition, scripts) };
  } finally {
    await stop(lambda);
  }
}

async function playInOurs(arn: string, alias: string, definition: Definition, scripts: ReadonlyMap<string, Script>) {
  const clock = new ScaledClock({ anchor: Date.now(), speed: 20 });
  const functions: ScriptedFunctions = new ScriptedFunctions(scripts, {
    succeed: (token, output) => outside.succeed(token, output),
    fail: (token, error) => outside.fail(token, error),
    stop: (script) => outside.stop(script),
    waits: (script) => outside.waits(script),
  });
  const machine = new LocalMachine({
    arn,
    definition: () => definition,
    clock,
    invoke: functions.invoke,
    onState: () => {},
    onEnd: () => {},
  });
  const operations = statesOperations(machine, () => clock.now());
  const served = await serve({ json: { AWSStepFunctions: { service: 'states', operations } } });
  const client = new SFNClient(served.client);
  const outside = outsideBy(client, arn);
  try {
    return await play(client, alias, functions);
  } finally {
    machine.stop();
    await served.stop();
  }
}

/** Creates the machine with a version and the alias `live`, on which executions start. */
export async function published(
  client: SFNClient,
  name: string,
  definition: unknown,
): Promise<{ arn: string; alias: string }> {
  const { stateMachineArn = '', stateMachineVersionArn } = await client.send(
    new CreateStateMachineCommand({
      name,
      definition: JSON.stringify(definition),
      roleArn: 'arn:aws:iam::000000000000:role/machine',
      publish: true,
    }),
  );
  const routingConfiguration = [{ stateMachineVersionArn, weight: 100 }];
  const { stateMachineAliasArn = '' } = await client.send(
    new CreateStateMachineAliasCommand({ name: 'live', routingConfiguration }),
  );
  return { arn: stateMachineArn, alias: stateMachineAliasArn };
}
