/**
 * Custom resources: the CDK's provider framework would sit between CloudFormation and the function that does the work;
 * here that function gets the very event that the framework would hand on.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/crpg-ref-requesttypes-create.html
 */
import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { Resource } from './assembly.ts';
import type { Names } from './names.ts';

/** The framework's environment names the function that it calls. */
const frameworkSchema = z.looseObject({
  Environment: z.looseObject({ Variables: z.looseObject({ USER_ON_EVENT_FUNCTION_ARN: z.string() }) }),
});
const tokenSchema = z.looseObject({ ServiceToken: z.string() });
const answerSchema = z.object({
  PhysicalResourceId: z.string(),
  Data: z.record(z.string(), z.unknown()).default({}),
});

/** ARN of the onEvent function behind a custom resource. @throws if it does not use the CDK's provider framework */
export function onEventArn(names: Names, resource: Resource, functions: readonly Resource[]): string {
  const { ServiceToken } = tokenSchema.parse(names.properties(resource));
  const framework = functions.find((f) => names.arnOf(f) === ServiceToken);
  if (framework === undefined) throw new RangeError(`${resource.logicalId}: no function ${ServiceToken}`);
  return frameworkSchema.parse(names.properties(framework)).Environment.Variables.USER_ON_EVENT_FUNCTION_ARN;
}

/** Creates the resource, and passes its attributes to `names`. */
export async function createCustom(
  names: Names,
  resource: Resource,
  onEvent: (event: unknown) => Promise<unknown>,
): Promise<void> {
  const ResourceProperties = asStrings(names.properties(resource));
  const answer = await onEvent({ ...requestFor(names, resource, 'Create'), ResourceProperties });
  const { PhysicalResourceId, Data } = answerSchema.parse(answer);
  names.custom.set(`${resource.stack}/${resource.logicalId}`, { physicalId: PhysicalResourceId, data: Data });
}

/**
 * If the properties are unchanged, there is no update, and the provider is not called. A new physical id means another
 * resource: the old one is deleted after the new one exists.
 */
export async function updateCustom(
  names: Names,
  old: Resource,
  next: Resource,
  onEvent: (event: unknown) => Promise<unknown>,
): Promise<void> {
  const [before, after] = [asStrings(names.properties(old)), asStrings(names.properties(next))];
  if (JSON.stringify(before) === JSON.stringify(after)) return;
  const id = `${next.stack}/${next.logicalId}`;
  const PhysicalResourceId = names.custom.get(id)?.physicalId;
  const update = { PhysicalResourceId, ResourceProperties: after, OldResourceProperties: before };
  const answer = answerSchema.parse(await onEvent({ ...requestFor(names, next, 'Update'), ...update }));
  names.custom.set(id, { physicalId: answer.PhysicalResourceId, data: answer.Data });
  if (answer.PhysicalResourceId !== PhysicalResourceId)
    await onEvent({ ...requestFor(names, old, 'Delete'), PhysicalResourceId, ResourceProperties: before });
}

function requestFor(names: Names, { type, logicalId, stack }: Resource, RequestType: 'Create' | 'Update' | 'Delete') {
  return {
    RequestType,
    RequestId: randomUUID(),
    ResponseURL: 'http://127.0.0.1/unused-by-the-framework',
    ResourceType: type,
    LogicalResourceId: logicalId,
    StackId: names.ref(stack, 'AWS::StackId'),
  };
}

/** CloudFormation passes every number and boolean as text. */
function asStrings(properties: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return JSON.parse(JSON.stringify(properties), (_key, value: unknown) =>
    typeof value === 'number' || typeof value === 'boolean' ? String(value) : value,
  );
}
