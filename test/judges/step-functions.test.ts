/**
 * Plays the synthesised state machines in LocalStack's interpreter and in ours: every outcome of each state is played
 * in both, and what they report is compared. Functions answer by a script. `.ci/run` starts LocalStack.
 */
import { SFNClient, ValidateStateMachineDefinitionCommand } from '@aws-sdk/client-sfn';
import { beforeAll, describe, expect, it } from 'vitest';
import { cutoverMachineOf, machineDefinitionOf } from '../../rehearsal/cloud/from-template.ts';
import type { Definition } from '../../rehearsal/cloud/states/definition.ts';
import { Names } from '../../rehearsal/cloud/template/names.ts';
import { sharedAssembly } from '../support/assembly.ts';
import { campaignCases } from './campaign-cases.ts';
import { campaignDefinition } from './campaign-machine.ts';
import { playable, type Told } from './executions.ts';
import { atLocalStack, LOCALSTACK, playInBoth, type ToldByBoth } from './interpreters.ts';
import { type Case, casesOf } from './scripts.ts';

const RUNTIME = { status: 'FAILED', error: 'States.Runtime' };
const STOPPED = { status: 'ABORTED', error: 'Person.Stopped', cause: 'as the script says' };
/**
 * Outcomes for which AWS documents something other than what LocalStack does, and for which our interpreter follows the
 * documentation: `States.ALL` catches neither of these two errors, and a Choice whose variable is missing raises one of
 * them (https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html); a stop ends the execution
 * (https://docs.aws.amazon.com/step-functions/latest/apireference/API_StopExecution.html).
 */
const OTHERWISE_DOCUMENTED: Readonly<Record<string, Partial<Told>>> = {
  'answers more than 256 KiB': { status: 'FAILED', error: 'States.DataLimitExceeded' },
  'finds nothing to read': RUNTIME,
  'is not told how long to wait for its token': RUNTIME,
  'is told a text how long to wait for its token': RUNTIME,
  'is stopped at work, before its token': STOPPED,
  'is stopped while it waits for its token': STOPPED,
};

/**
 * Evens out stopped executions: LocalStack lets the task in flight end, and keeps neither the error nor the cause of
 * the stop.
 */
function comparable(told: Told | undefined): Told | undefined {
  if (told?.status !== 'ABORTED') return told;
  const inFlight = /^(?:Task|LambdaFunction)(?:Succeeded|Failed|TimedOut)$/;
  const events = told.events.filter((event, i) => i !== told.events.length - 2 || !inFlight.test(event));
  return { ...told, error: undefined, cause: null, events };
}

async function cutoverDefinition(): Promise<Definition> {
  const assembly = await sharedAssembly();
  const names = new Names(assembly);
  return machineDefinitionOf(cutoverMachineOf(assembly, names), names);
}

const MACHINES: readonly [string, () => Promise<Definition>, (definition: Definition) => readonly Case[]][] = [
  ['a cutover', cutoverDefinition, casesOf],
  ['a campaign', campaignDefinition, campaignCases],
];

describe.skipIf(LOCALSTACK === undefined).each(MACHINES)(
  'the machine of %s, as LocalStack interprets it',
  (name, synthesised, casesIn) => {
    let definition: Definition;
    let cases: ReadonlyMap<string, Case>;
    let told: ToldByBoth;

    beforeAll(async () => {
      definition = playable(await synthesised());
      cases = new Map(casesIn(definition).map((each, i) => [`case-${i}`, each]));
      const scripts = new Map([...cases].map(([id, { script }]) => [id, script]));
      told = await playInBoth(`${name.replace(' ', '-')}-${Date.now()}`, definition, scripts);
    });

    const split = () => {
      const all = [...cases].map(([id, { state, outcome }]) => ({
        what: `${state}: ${outcome}`,
        outcome,
        ours: told.ours.get(id),
        theirs: told.theirs.get(id),
      }));
      return {
        same: all.filter(({ outcome }) => OTHERWISE_DOCUMENTED[outcome] === undefined),
        documented: all.filter(({ outcome }) => OTHERWISE_DOCUMENTED[outcome] !== undefined),
      };
    };

    it('is valid to its validator', async () => {
      const asked = new ValidateStateMachineDefinitionCommand({ definition: JSON.stringify(definition) });
      expect(await new SFNClient(atLocalStack()).send(asked)).toMatchObject({ result: 'OK', diagnostics: [] });
    });

    it('goes the same way, with the same calls to the same end, whatever becomes of a state', () => {
      const { same, documented } = split();
      const events = same.reduce((sum, { ours }) => sum + (ours?.events.length ?? 0), 0);
      const states = new Set([...cases.values()].map(({ state }) => state)).size;
      console.log(
        `Step Functions by LocalStack, ${name}: ${cases.size} outcomes of ${states} states played; ${same.length} compared, ${events} ` +
          `events of history; ${documented.length} are otherwise documented by AWS`,
      );
      const of = (side: 'ours' | 'theirs') =>
        Object.fromEntries(same.map((each) => [each.what, comparable(each[side])]));
      expect(of('ours')).toEqual(of('theirs'));
    });

    it('goes the same way to the very event, and ends there as AWS documents, where LocalStack goes on', () => {
      for (const { what, outcome, ours, theirs } of split().documented) {
        expect(ours, what).toMatchObject(OTHERWISE_DOCUMENTED[outcome] ?? {});
        const before = ours?.events.slice(0, -1) ?? [];
        expect(theirs?.events.slice(0, before.length), what).toEqual(before);
        expect(theirs?.calls.slice(0, ours?.calls.length), what).toEqual(ours?.calls);
        expect(theirs, what).not.toEqual(ours);
      }
    });
  },
);
