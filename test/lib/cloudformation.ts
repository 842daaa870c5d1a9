/**
 * Simulates CloudFormation's order of work, by the references and `DependsOn` of templates: what may be created,
 * changed or deleted next, and what happens to the rest if a custom resource refuses. The caller chooses among
 * everything that may come next.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-dependson.html,
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-update-behaviors.html
 */
import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';

const resourceSchema = z.looseObject({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  DependsOn: z
    .union([z.string(), z.array(z.string())])
    .default([])
    .transform((given) => [given].flat()),
  DeletionPolicy: z.string().default('Delete'),
});
export type TemplateResource = z.infer<typeof resourceSchema>;
export type Template = Readonly<Record<string, TemplateResource>>;

export const templateOf = (json: unknown): Template =>
  z.looseObject({ Resources: z.record(z.string(), resourceSchema) }).parse(json).Resources;

export interface Asked {
  readonly request: 'Create' | 'Update' | 'Delete';
  readonly id: string;
  readonly resource: TemplateResource;
  /** Logical ids of all resources that exist at this moment. */
  readonly standing: ReadonlySet<string>;
}

export interface Choices {
  /** Chooses the next resource; any of them may be next. */
  readonly next: (ids: readonly string[]) => string;
  /** Whether a custom resource agrees, or the operation on any other resource succeeds. */
  readonly agrees: (asked: Asked) => boolean;
}

/** Properties whose change replaces the resource: the new one is created before the old one is deleted. */
const CREATE_ONLY = [
  'FunctionName',
  'AlarmName',
  'StateMachineName',
  'LogGroupName',
  'ManagedPolicyName',
  'DashboardName',
  'RoleName',
];

export interface Outcome {
  /** Ids of the resources that CloudFormation could not create, change or delete. */
  readonly failed: readonly string[];
  readonly standing: ReadonlySet<string>;
  /** Ids of the deleted resources, in order; `id (replaced)` for an old one that has been replaced. */
  readonly deleted: readonly string[];
}

interface Graph {
  /** For each resource, everything that it refers to or waits for. */
  readonly needs: ReadonlyMap<string, ReadonlySet<string>>;
  readonly neededBy: ReadonlyMap<string, ReadonlySet<string>>;
}

const graphs = new WeakMap<Template, Graph>();

function graphOf(template: Template): Graph {
  const known = graphs.get(template);
  if (known !== undefined) return known;
  const needs = new Map(Object.entries(template).map(([id, resource]) => [id, namesIn(resource, template)]));
  const neededBy = new Map(Object.keys(template).map((id) => [id, new Set<string>()]));
  for (const [id, ids] of needs) for (const need of ids) neededBy.get(need)?.add(id);
  const graph = { needs, neededBy };
  graphs.set(template, graph);
  return graph;
}

function namesIn({ Properties, DependsOn }: TemplateResource, template: Template): ReadonlySet<string> {
  const text = JSON.stringify(Properties);
  const named = [
    ...text.matchAll(/"Ref":"(\w+)"/g),
    ...text.matchAll(/"Fn::GetAtt":\["(\w+)"/g),
    ...text.matchAll(/\$\{(\w+)(?:\.\w+)?\}/g),
  ].map(([, id]) => id ?? '');
  return new Set([...DependsOn, ...named].filter((id) => id in template));
}

const needsOf = (id: string, template: Template) => graphOf(template).needs.get(id) ?? new Set<string>();

/** Returns the resource and everything that it depends on, directly or indirectly. */
export function closureOf(id: string, template: Template): ReadonlySet<string> {
  const found = new Set([id]);
  // The loop also visits what is added to the set while it runs.
  for (const one of found) for (const need of needsOf(one, template)) found.add(need);
  return found;
}

/**
 * Deletes resources. A retained one leaves the stack and stays. After a first deploy that fails, `RetainExceptOnCreate`
 * does not retain.
 */
function destroy(template: Template, { next, agrees }: Choices, ids: Iterable<string>, onCreate = false): Outcome {
  const standing = new Set(ids);
  const left = new Set(standing);
  const failed: string[] = [];
  const deleted: string[] = [];
  const neededBy = (id: string) => [...(graphOf(template).neededBy.get(id) ?? [])].some((other) => left.has(other));
  for (;;) {
    const ready = [...left].filter((id) => !failed.includes(id) && !neededBy(id));
    if (ready.length === 0) return { failed, standing, deleted };
    const id = next(ready);
    const resource = template[id];
    if (resource === undefined) throw new RangeError(`no resource ${id}`);
    const retained =
      resource.DeletionPolicy === 'Retain' || (!onCreate && resource.DeletionPolicy.startsWith('Retain'));
    if (retained) left.delete(id);
    else if (agrees({ request: 'Delete', id, resource, standing })) {
      left.delete(id);
      standing.delete(id);
      deleted.push(id);
    } else failed.push(id);
  }
}

/** Simulates `cdk destroy`. */
export function deleted(template: Template, choices: Choices): Outcome {
  return destroy(template, choices, Object.keys(template));
}

/** Simulates a first deploy. A failure deletes what was created. */
export function created(template: Template, choices: Choices): Outcome {
  const standing = new Set<string>();
  for (;;) {
    const ready = Object.keys(template).filter((id) => {
      const resource = template[id];
      return !standing.has(id) && resource !== undefined && [...needsOf(id, template)].every((n) => standing.has(n));
    });
    if (ready.length === 0) return { failed: [], standing, deleted: [] };
    const id = choices.next(ready);
    const resource = template[id];
    if (resource === undefined) throw new RangeError(`no resource ${id}`);
    if (!choices.agrees({ request: 'Create', id, resource, standing })) {
      const after = destroy(template, choices, standing, true);
      return { ...after, failed: [id, ...after.failed] };
    }
    standing.add(id);
  }
}

/**
 * Simulates `cdk deploy` of an existing stack. Everything is changed before anything is deleted, and a refusal rolls
 * all changes back. A deletion at the end cannot be refused: CloudFormation notes a failure there and continues.
 */
export function updated(before: Template, after: Template, choices: Choices): Outcome {
  const standing = new Set(Object.keys(before));
  const done = new Set<string>();
  const replaced: string[] = [];
  for (;;) {
    const ready = Object.keys(after).filter((id) => {
      const resource = after[id];
      return !done.has(id) && resource !== undefined && [...needsOf(id, after)].every((need) => done.has(need));
    });
    if (ready.length === 0) break;
    const id = choices.next(ready);
    const [old, resource] = [before[id], after[id]];
    if (resource === undefined) throw new RangeError(`no resource ${id}`);
    const touched = old !== undefined && [...needsOf(id, after)].some((n) => replaced.includes(n));
    if (old === undefined || touched || !isDeepStrictEqual(old.Properties, resource.Properties)) {
      const request = old === undefined ? 'Create' : 'Update';
      if (!choices.agrees({ request, id, resource, standing }))
        return { failed: [id], standing: new Set(Object.keys(before)), deleted: [] };
      if (
        old !== undefined &&
        CREATE_ONLY.some((name) => !isDeepStrictEqual(old.Properties[name], resource.Properties[name]))
      )
        replaced.push(id);
    }
    standing.add(id);
    done.add(id);
  }
  const gone = Object.keys(before).filter((id) => !(id in after));
  const cleanUp = { ...choices, agrees: () => true };
  const end = destroy(before, cleanUp, gone);
  const kept = [...standing].filter((id) => !gone.includes(id) || end.standing.has(id));
  return {
    failed: [],
    standing: new Set(kept),
    deleted: [...replaced.map((id) => `${id} (replaced)`), ...end.deleted],
  };
}
