/** Requests from the examples of an OpenAPI 3 document (https://spec.openapis.org/oas/latest.html), in JSON or YAML. */
import * as z from 'zod';
import { describeProblems, wordIssue } from '../../../../input/index.ts';
import { UsageError } from '../../../shared/index.ts';
import { type Body, bodyOf, encoded } from './openapi-body.ts';
import { basePathOf, type DocumentValues, NoRequest, openapiDocument, resolver } from './openapi-document.ts';
import { exampledSchema, examplesOf, type Resolve } from './openapi-example.ts';
import { encodedInUrl, type Parameter, parameterSchema, query, simple } from './openapi-parameters.ts';
import type { Planned, PlannedRequest } from './planned-request.ts';
import { targetOf } from './texts/index.ts';

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch'] as const;

const list = z
  .array(z.unknown())
  .nullish()
  .transform((items) => items ?? undefined);
const [parameters, servers] = [list, list];
const operationSchema = z.looseObject({
  operationId: z.string().optional(),
  parameters,
  servers,
  requestBody: z.unknown().optional(),
});
const pathItemSchema = z.looseObject({ parameters, servers });
interface WithExamples {
  readonly parameter: Parameter;
  readonly examples: ReadonlyMap<string, unknown>;
}

/**
 * One request for each name under which an operation has examples; a part without an example of that name uses its
 * first one. Of `servers` only the path counts, and `security` is left to the command's header fields.
 * @throws UsageError that names the file and the mistake
 */
export function openapiRequests(file: string, value: unknown, source: number, given: DocumentValues): Planned[] {
  const { values, named } = given;
  const document = openapiDocument(file, value, named);
  const resolve = resolver(document, file, named);
  const planned: Planned[] = [];
  for (const [written, item] of Object.entries(document.paths)) {
    if (written.startsWith('x-')) continue;
    // Frameworks leave their patterns in documents ({id:[0-9]+}), and people distinguish operations on one path by a
    // fragment.
    const path = written.replace(/#.*$/s, '').replaceAll(/\{([\w-]+):[^{}]*\}/g, '{$1}');
    const at = () => ({ source, line: planned.length + 1 });
    const skip = (skipped: string, of: string) => planned.push({ skipped, of, at: at() });
    if (!path.startsWith('/')) {
      skip('its path does not begin with a slash', path);
      continue;
    }
    const shared = attempt(() => part(pathItemSchema, resolve(item) ?? {}, `${file}: paths.${path}`));
    if (shared instanceof NoRequest) {
      skip(shared.message, path);
      continue;
    }
    for (const method of METHODS) {
      if (shared[method] === undefined) continue;
      const route = `${method.toUpperCase()} ${path}`;
      const requests = attempt(() => {
        const operation = part(operationSchema, resolve(shared[method]) ?? {}, `${file}: paths.${path}.${method}`);
        const prefix = basePathOf(operation.servers ?? shared.servers ?? document.servers, given);
        return requestsOf(method, `${prefix}${path}`, shared.parameters ?? [], operation, resolve, values);
      });
      if (requests instanceof NoRequest) skip(requests.message, route);
      else for (const request of requests) planned.push({ ...request, at: at() });
    }
  }
  return planned;
}

function attempt<T>(make: () => T): T | NoRequest {
  try {
    return make();
  } catch (error) {
    if (error instanceof NoRequest) return error;
    throw error;
  }
}

/** @throws UsageError that names the place and the field */
function part<T>(schema: z.ZodType<T>, value: unknown, place: string): T {
  const parsed = schema.safeParse(value, { error: wordIssue });
  if (parsed.success) return parsed.data;
  throw new UsageError(`${place}: ${describeProblems(parsed.error, 'it')}`);
}

type Draft = Omit<PlannedRequest, 'at'>;

function requestsOf(
  method: string,
  path: string,
  shared: readonly unknown[],
  operation: z.infer<typeof operationSchema>,
  resolve: Resolve,
  values: ReadonlyMap<string, string>,
): Draft[] {
  const route = `${method.toUpperCase()} ${path}`;
  // A path may contain an undescribed parameter.
  const named = [...path.matchAll(/\{([^{}]+)\}/g)].map(([, name]) => ({ name, in: 'path' }));
  const parameters = parametersOf([...named, ...shared, ...(operation.parameters ?? [])], resolve, values);
  const missing = parameters.find(({ parameter, examples }) => isNeeded(parameter) && examples.size === 0);
  if (missing !== undefined) {
    const { name, in: place } = missing.parameter;
    throw new NoRequest(`no example of its ${place} parameter ${name}; --value ${name}=… gives one`);
  }
  const body = bodyOf(operation.requestBody, resolve, values);
  const names = new Set([...parameters.flatMap((p) => [...p.examples.keys()]), ...(body?.examples.keys() ?? [])]);
  if (names.size > 1) names.delete('');
  return [...(names.size === 0 ? [''] : names)].map((name) => {
    const id = `openapi-${operation.operationId ?? route.replaceAll(/[^\w]+/g, '-')}${name === '' ? '' : `-${name}`}`;
    return { ...requestOf(path, parameters, body, name), id: id.slice(0, 150), route, method: method.toUpperCase() };
  });
}

function requestOf(template: string, parameters: readonly WithExamples[], body: Body | null, name: string) {
  const used = parameters.flatMap(({ parameter, examples }) =>
    examples.size === 0 ? [] : [{ parameter, value: pick(examples, name) }],
  );
  const of = (place: Parameter['in']) => used.filter(({ parameter }) => parameter.in === place);
  const target = of('path').reduce(
    (url, { parameter, value }) => url.replaceAll(`{${parameter.name}}`, simple(parameter, value, encodedInUrl)),
    template,
  );
  const search = of('query').flatMap(({ parameter, value }) => query(parameter, value));
  const cookies = of('cookie').map(({ parameter, value }) => `${parameter.name}=${simple(parameter, value, String)}`);
  const headers = of('header').map(({ parameter, value }): [string, string] => [
    parameter.name,
    simple(parameter, value, String),
  ]);
  if (cookies.length > 0) headers.push(['Cookie', cookies.join('; ')]);
  const sent = body === null ? null : encoded(body, pick(body.examples, name));
  if (sent !== null) headers.push(['Content-Type', sent.type]);
  const path = targetOf(search.length === 0 ? target : `${target}?${search.join('&')}`, true);
  if (path === null) throw new NoRequest('the request target is not a path');
  return {
    target: path,
    headers,
    body: sent === null ? null : typeof sent.content === 'string' ? Buffer.from(sent.content) : sent.content,
  };
}

function pick(examples: ReadonlyMap<string, unknown>, name: string): unknown {
  return examples.has(name) ? examples.get(name) : [...examples.values()][0];
}

/**
 * A later parameter with the same name and place replaces an earlier one, so the operation's replaces that of its path.
 */
function parametersOf(
  given: readonly unknown[],
  resolve: Resolve,
  values: ReadonlyMap<string, string>,
): WithExamples[] {
  const found = new Map<string, WithExamples>();
  for (const reference of given) {
    const value = resolve(reference);
    const parameter = parameterSchema.safeParse(value);
    if (!parameter.success) continue;
    const chosen = values.get(parameter.data.name);
    const examples = chosen === undefined ? examplesOf(exampledSchema.parse(value), resolve) : new Map([['', chosen]]);
    found.set(`${parameter.data.in} ${parameter.data.name}`, { parameter: parameter.data, examples });
  }
  return [...found.values()];
}

function isNeeded({ in: place, required }: Parameter): boolean {
  return place === 'path' || required === true;
}
