import { expect, it } from 'vitest';
import { assemblyOf, templateSchema } from '../../../rehearsal/cloud/template/assembly.ts';
import { createCustom, updateCustom } from '../../../rehearsal/cloud/template/custom-resource.ts';
import { Names } from '../../../rehearsal/cloud/template/names.ts';

const properties = (Priority: number) => ({ ServiceToken: 'arn:token', Priority });

/**
 * Creates a custom resource as `rule-1` and changes its priority.
 * @param physicalId the id that the provider answers the update with
 * @returns the events that the provider received, and the names of the stack
 */
async function updated(physicalId: string) {
  const resources = [1, 2].map((priority) => {
    const template = templateSchema.parse({
      Resources: { Rule: { Type: 'Custom::WeightedRule', Properties: properties(priority) } },
    });
    const assembly = assemblyOf({ S: template }, {});
    const [resource] = assembly.resources;
    if (resource === undefined) throw new Error('no resource');
    return { assembly, resource };
  });
  const [old, next] = resources;
  if (old === undefined || next === undefined) throw new Error('two templates were expected');
  const names = new Names(old.assembly);
  await createCustom(names, old.resource, async () => ({ PhysicalResourceId: 'rule-1', Data: { Arn: 'one' } }));
  const told: unknown[] = [];
  await updateCustom(names, old.resource, next.resource, async (event) => {
    told.push(event);
    return { PhysicalResourceId: physicalId, Data: { Arn: physicalId } };
  });
  return { told, names };
}

const UPDATE = {
  RequestType: 'Update',
  PhysicalResourceId: 'rule-1',
  ResourceProperties: { Priority: '2' },
  OldResourceProperties: { Priority: '1' },
};

it('an update is told what was and what shall be, as text', async () => {
  const { told, names } = await updated('rule-1');
  expect(told).toMatchObject([UPDATE]);
  expect(names.ref('S', 'Rule')).toBe('rule-1');
});

it('an update that answers another physical id has made another resource: the old one is deleted, by its own properties', async () => {
  const { told, names } = await updated('rule-2');
  const removal = { RequestType: 'Delete', PhysicalResourceId: 'rule-1', ResourceProperties: { Priority: '1' } };
  expect(told).toMatchObject([UPDATE, removal]);
  expect(names.attribute('S', 'Rule', 'Arn')).toBe('rule-2');
});
