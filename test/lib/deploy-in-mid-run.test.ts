import type { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { PlanInput } from '../../core/model/plan.ts';
import { attachedApplication } from '../../lib/attached-application.ts';
import { templatesOnly } from '../support/cdk-app.ts';
import { present } from '../support/present.ts';
import { ATTACHMENT } from './attachment.ts';

const resourceSchema = z.object({
  Type: z.string(),
  DeletionPolicy: z.string().optional(),
  UpdateReplacePolicy: z.string().optional(),
  Properties: z.looseObject({}).optional(),
});
type Resources = Readonly<Record<string, z.infer<typeof resourceSchema>>>;

function resourcesFor(plan: PlanInput): Resources {
  const app = templatesOnly();
  attachedApplication(app, ATTACHMENT, plan);
  const stack = app.node.findChild('CrossfadeCutover') as Stack;
  return z.object({ Resources: z.record(z.string(), resourceSchema) }).parse(Template.fromStack(stack).toJSON())
    .Resources;
}

const idsOf = (resources: Resources, type: string) =>
  Object.keys(resources).filter((id) => resources[id]?.Type === type);

/**
 * Resources of a type that survive the deployment: CloudFormation deletes what the new template no longer has, unless
 * the old template retains it.
 */
const survivors = (before: Resources, after: Resources, type: string) =>
  new Set(idsOf(before, type).filter((id) => id in after || before[id]?.DeletionPolicy === 'Retain'));

/** Returns the logical ids that a value references with `Ref`. */
function refsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(refsIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => (key === 'Ref' ? [String(inner)] : refsIn(inner)));
}

/**
 * Returns the functions whose every version may be invoked: those with the resource `<function's Arn>:*` in a policy.
 */
function invocableFunctions(resources: Resources): Set<string> {
  const everyVersion = /\{"Fn::Join":\["",\[\{"Fn::GetAtt":\["(\w+)","Arn"\]\},":\*"\]\]\}/g;
  const policies = idsOf(resources, 'AWS::IAM::Policy').filter((id) => id.includes('MachineRole'));
  return new Set(
    policies.flatMap((id) =>
      [...JSON.stringify(resources[id]?.Properties).matchAll(everyVersion)].map(([, fn]) => fn ?? ''),
    ),
  );
}

describe('a deploy while a run is on', () => {
  let before: Resources;
  let after: Resources;
  /** Versions that the definitions of running executions name, both of the cutover and of a backfill. */
  let running: string[];

  beforeAll(() => {
    before = resourcesFor({});
    // The alarms' threshold and the functions' environment depend on the plan, so every version changes.
    after = resourcesFor({ shadow: { duration: 'P2D' }, retention: 'P30D' });
    const versions = new Set(idsOf(before, 'AWS::Lambda::Version'));
    const machines = idsOf(before, 'AWS::StepFunctions::StateMachine');
    const named = machines.flatMap((id) => refsIn(before[id]?.Properties?.DefinitionString));
    running = [...new Set(named)].filter((id) => versions.has(id));
  });

  it('replaces every version that the run began with', () => {
    expect(running).toHaveLength(14);
    expect(running.filter((id) => id in after)).toEqual([]);
  });

  it('deletes none of them', () => {
    const alive = survivors(before, after, 'AWS::Lambda::Version');
    expect(running.filter((id) => !alive.has(id))).toEqual([]);
  });

  it('leaves the run its right to invoke them, its own rollback among them', () => {
    const invocable = invocableFunctions(after);
    const functionOf = (version: string) => refsIn(before[version]?.Properties?.FunctionName)[0] ?? '';
    expect(running.map(functionOf).filter((fn) => !invocable.has(fn))).toEqual([]);
  });
});

describe('log groups', () => {
  it('of state machines have the prefix for which no resource policy grows', () => {
    const resources = resourcesFor({});
    for (const id of present(idsOf(resources, 'AWS::StepFunctions::StateMachine'))) {
      const group = /"Fn::GetAtt":\["(\w+)","Arn"\]/.exec(
        JSON.stringify(resources[id]?.Properties?.LoggingConfiguration),
      )?.[1];
      expect(JSON.stringify(resources[group ?? '']?.Properties?.LogGroupName)).toContain('/aws/vendedlogs/states/');
    }
  });

  it('go with a first deploy that fails, and stay with every later one', () => {
    const resources = resourcesFor({});
    const policies = idsOf(resources, 'AWS::Logs::LogGroup').map((id) => resources[id]?.DeletionPolicy);
    expect(policies.length).toBeGreaterThan(15);
    expect(new Set(policies)).toEqual(new Set(['RetainExceptOnCreate']));
  });
});
