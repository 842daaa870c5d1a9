/**
 * The synthesised state machine in somebody else's interpreter, LocalStack's: whatever can become of each of its states becomes of it
 * there too, and what is told of it is compared with what ours tells. Functions answer by a script; `.ci/run` starts LocalStack.
 */
import type { Server } from 'node:http';
import {
  CreateStateMachineAliasCommand,
  CreateStateMachineCommand,
  SFNClient,
  ValidateStateMachineDefinitionCommand,
} from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cutoverMachineOf, machineDefinitionOf } from '../../rehearsal/cloud/from-template.ts';
import type { Definition } from '../../rehearsal/cloud/states/definition.ts';
import { statesOperations } from '../../rehearsal/cloud/states/states-operations.ts';
import { LocalMachine } from '../../rehearsal/cloud/states/step-functions.ts';
import { Names } from '../../rehearsal/cloud/template/names.ts';
import { ScaledClock } from '../../rehearsal/machine/clock.ts';
import { type Served, serve } from '../rehearsal/cloud/support.ts';
import { sharedAssembly } from '../support/assembly.ts';
import { stop } from '../support/http.ts';
import { play, playable, type Told, tokensBy } from './executions.ts';
import { lambdaEndpoint, ScriptedFunctions } from './scripted-functions.ts';
import { type Case, casesOf } from './scripts.ts';

const { CROSSFADE_LOCALSTACK_URL: THEIRS, CROSSFADE_LAMBDA_PORT: PORT } = process.env;
if (THEIRS === undefined)
  console.log('judges: left out (CROSSFADE_LOCALSTACK_URL is not set); `.ci/run` starts LocalStack where Python is');

/**
 * Where AWS documents something else than LocalStack does, and ours does what is documented: both errors are beyond `States.ALL`, and a
 * Choice whose variable is missing is one. https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
 */
const OTHERWISE_DOCUMENTED: Readonly<Record<string, string>> = {
  'answers more than 256 KiB': 'States.DataLimitExceeded',
  'finds nothing to read': 'States.Runtime',
  'is not told how long to wait for its token': 'States.Runtime',
  'is told a text how long to wait for its token': 'States.Runtime',
};

describe.skipIf(THEIRS === undefined)('the state machine, as LocalStack interprets it', () => {
  const theirClient = new SFNClient({
    endpoint: THEIRS ?? '',
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  let definition: Definition;
  let cases: ReadonlyMap<string, Case>;
  let lambda: Server;
  let served: Served;
  let machine: LocalMachine;
  let ours: ReadonlyMap<string, Told>;
  let theirs: ReadonlyMap<string, Told>;

  beforeAll(async () => {
    const assembly = await sharedAssembly();
    const names = new Names(assembly);
    definition = playable(machineDefinitionOf(cutoverMachineOf(assembly, names), names));
    cases = new Map(casesOf(definition).map((each, i) => [`case-${i}`, each]));
    const scripts = new Map([...cases].map(([id, { script }]) => [id, script]));

    const theirFunctions = new ScriptedFunctions(scripts, tokensBy(theirClient));
    lambda = lambdaEndpoint(theirFunctions);
    await new Promise<void>((done) => lambda.listen(Number(PORT), '127.0.0.1', done));
    const { arn, alias } = await published(theirClient, definition);
    theirs = await play(theirClient, alias, theirFunctions, [...cases.keys()]);

    const clock = new ScaledClock({ anchor: Date.now(), speed: 20 });
    const ourFunctions = new ScriptedFunctions(scripts, {
      succeed: async (token, output) => machine.tokens.succeed(token, JSON.stringify(output)),
      fail: async (token, error) => machine.tokens.fail(token, error, ''),
    });
    machine = new LocalMachine({
      arn,
      definition: () => definition,
      clock,
      invoke: ourFunctions.invoke,
      onState: () => {},
      onEnd: () => {},
    });
    const operations = statesOperations(machine, () => clock.now());
    served = await serve({ json: { AWSStepFunctions: { service: 'states', operations } } });
    ours = await play(new SFNClient(served.client), alias, ourFunctions, [...cases.keys()]);
  }, 300_000);
  afterAll(async () => {
    machine.stop();
    await stop(lambda);
    await served.stop();
  });

  const split = () => {
    const all = [...cases].map(([id, { state, outcome }]) => ({
      what: `${state}: ${outcome}`,
      outcome,
      ours: ours.get(id),
      theirs: theirs.get(id),
    }));
    return {
      same: all.filter(({ outcome }) => OTHERWISE_DOCUMENTED[outcome] === undefined),
      documented: all.filter(({ outcome }) => OTHERWISE_DOCUMENTED[outcome] !== undefined),
    };
  };

  it('is valid to its validator', async () => {
    const asked = new ValidateStateMachineDefinitionCommand({ definition: JSON.stringify(definition) });
    expect(await theirClient.send(asked)).toMatchObject({ result: 'OK', diagnostics: [] });
  });

  it('goes the same way, with the same calls to the same end, whatever becomes of a state', () => {
    const { same, documented } = split();
    const events = same.reduce((sum, { ours }) => sum + (ours?.events.length ?? 0), 0);
    const states = new Set([...cases.values()].map(({ state }) => state)).size;
    console.log(
      `Step Functions by LocalStack: ${cases.size} outcomes of ${states} states played; ${same.length} compared, ${events} events of ` +
        `history; ${documented.length} are otherwise documented by AWS`,
    );
    const of = (side: 'ours' | 'theirs') => Object.fromEntries(same.map((each) => [each.what, each[side]]));
    expect(of('ours')).toEqual(of('theirs'));
  });

  it('ends as AWS documents where LocalStack goes on', () => {
    for (const { outcome, ours, theirs } of split().documented) {
      expect(ours).toMatchObject({ status: 'FAILED', error: OTHERWISE_DOCUMENTED[outcome] });
      expect(theirs).not.toEqual(ours);
    }
  });
});

/** The machine, its version, and the alias at which executions start. */
async function published(client: SFNClient, definition: Definition): Promise<{ arn: string; alias: string }> {
  const { stateMachineArn = '', stateMachineVersionArn } = await client.send(
    new CreateStateMachineCommand({
      name: `cutover-${Date.now()}`,
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
