/**
 * Tests every handler's bundle under AWS's own runtime interface client and emulator: it loads, and answers or fails as
 * it does in our Lambda, with the error names that Retry and Catch of the state machine match. `.ci/run` builds both
 * where Go is installed.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { stateToJson } from '../../core/model/run-state.ts';
import { type LocalCloud, startCloud } from '../../rehearsal/cloud/cloud.ts';
import { FunctionError, LocalFunction } from '../../rehearsal/cloud/lambda/lambda.ts';
import { sharedAssembly } from '../support/assembly.ts';
import { MemoryWorld } from '../support/memory-world.ts';
import { begun } from '../support/run.ts';
import { startRuntime } from './lambda-runtime.ts';

const { CROSSFADE_LAMBDA_EMULATOR: emulator = '', CROSSFADE_LAMBDA_CLIENT: client = '' } = process.env;
if (emulator === '')
  console.log(
    "judges: AWS's Lambda left out (CROSSFADE_LAMBDA_EMULATOR is not set); `.ci/run` installs it where Go is",
  );

/** Nothing listens here: the handlers' calls to AWS fail as they do when the network fails. */
const NOWHERE = 'http://127.0.0.1:9';
const ANSWERS = 'answers';
const failureSchema = z.looseObject({ errorType: z.string(), errorMessage: z.string() });

describe.skipIf(emulator === '')("the handlers under AWS's own runtime", () => {
  let cloud: LocalCloud;
  let events: Readonly<Record<string, unknown>>;

  beforeAll(async () => {
    cloud = await startCloud({ assembly: await sharedAssembly(), speed: 60, onEvent: () => {} });
    const state = stateToJson(await begun(new MemoryWorld()));
    events = { nothing: {}, 'the state of a run that is not the owner': state };
  });
  afterAll(() => cloud.stop());

  it('load, and answer or fail as in our Lambda, by every name that the state machine matches', async () => {
    const theirs: Record<string, string> = {};
    const ours: Record<string, string> = {};
    for (const { spec } of cloud.lambda.functions.values())
      for (const [where, url] of [
        ['', cloud.url],
        [' with AWS out of reach', NOWHERE],
      ] as const) {
        const environment = { ...cloud.environment, AWS_ENDPOINT_URL: url };
        const { clock } = cloud;
        const own = new LocalFunction(spec, {
          environment,
          clock: { anchor: clock.anchor, speed: clock.speed },
          onLine: () => {},
        });
        const runtime = await startRuntime({ emulator, client }, spec, environment);
        for (const [what, event] of Object.entries(events)) {
          const name = `${spec.name} given ${what}${where}`;
          ours[name] = await own.invoke(event).then(outcomeOf, failureOf);
          theirs[name] = outcomeOf(await runtime.invoke(event));
        }
        runtime.stop();
        await own.stop();
      }
    const failures = Object.values(theirs).filter((outcome) => outcome !== ANSWERS);
    console.log(
      `Lambda by AWS's runtime: ${cloud.lambda.functions.size} bundles load; ${Object.keys(theirs).length} invocations end as in ours, ` +
        `by ${new Set(failures).size} error names`,
    );
    expect(theirs).toEqual(ours);
    const matchers = JSON.stringify(cloud.machine.definition).match(/"ErrorEquals":\[[^\]]*\]/g) ?? [];
    const matched = new Set(matchers.flatMap((text) => text.match(/Crossfade\.\w+/g) ?? []));
    expect([...matched]).not.toEqual([]);
    expect(failures).toEqual(expect.arrayContaining([...matched]));
  }, 280_000);
});

function outcomeOf(answer: unknown): string {
  const failure = failureSchema.safeParse(answer);
  return failure.success ? failure.data.errorType : ANSWERS;
}

function failureOf(error: unknown): string {
  if (!(error instanceof FunctionError)) throw error;
  return error.failure.errorType;
}
