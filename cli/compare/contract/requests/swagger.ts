/** Converts Swagger 2 (https://swagger.io/specification/v2/) to the part of OpenAPI 3 from which requests are made. */
import * as z from 'zod';

const swaggerSchema = z.looseObject({
  /** YAML parses an unquoted version as a number. */
  swagger: z.union([z.string(), z.number().transform(String)]).refine((version) => /^2(?:\.|$)/.test(version)),
  basePath: z.string().optional(),
  consumes: z.array(z.string()).optional(),
  paths: z.record(
    z.string(),
    z
      .looseObject({})
      .nullable()
      .transform((item) => item ?? {}),
  ),
});
const parametersSchema = z.looseObject({
  parameters: z.array(z.unknown()).optional(),
  consumes: z.array(z.string()).optional(),
});
const parameterSchema = z.looseObject({ name: z.string(), in: z.string(), required: z.boolean().optional() });
type Parameter = z.infer<typeof parameterSchema>;
const METHODS = new Set(['get', 'put', 'post', 'delete', 'options', 'head', 'patch']);

/** Returns the document unchanged if it is not Swagger 2. */
export function swaggerAsOpenapi(document: unknown): unknown {
  const parsed = swaggerSchema.safeParse(document);
  if (!parsed.success) return document;
  const { basePath = '', consumes = [], paths, ...rest } = parsed.data;
  const shared = new Map(Object.entries(z.looseObject({}).catch({}).parse(rest.parameters)));
  const operations = Object.entries(paths).map(([path, item]) => {
    const common = parametersOf(parametersSchema.parse(item).parameters, shared);
    const converted = Object.entries(item).flatMap(([method, operation]) =>
      METHODS.has(method) ? [[method, operationOf(operation, common, consumes, shared)] as const] : [],
    );
    return [path, Object.fromEntries(converted)] as const;
  });
  return { ...rest, openapi: '3.0.0', servers: [{ url: basePath }], paths: Object.fromEntries(operations) };
}

function operationOf(
  given: unknown,
  common: readonly Parameter[],
  consumes: readonly string[],
  shared: ReadonlyMap<string, unknown>,
) {
  const operation = parametersSchema.catch({}).parse(given);
  const all = [...common, ...parametersOf(operation.parameters, shared)];
  const [type = 'application/json'] = operation.consumes ?? consumes;
  const inPlace = (place: string) => all.filter((parameter) => parameter.in === place);
  const [body] = inPlace('body');
  const form = inPlace('formData');
  const content =
    body === undefined ? formOf(form, type) : { [type]: { schema: body.schema, example: body['x-example'] } };
  return {
    ...operation,
    parameters: all.filter(({ in: place }) => place !== 'body' && place !== 'formData').map(withSchema),
    ...(content === null
      ? {}
      : { requestBody: { required: body?.required ?? form.some(({ required }) => required), content } }),
  };
}

const withOwnExample = ({ 'x-example': example, ...schema }: Readonly<Record<string, unknown>>) =>
  example === undefined ? schema : { ...schema, example };

/** The separator of list items in a query. */
const STYLES: ReadonlyMap<unknown, string> = new Map([
  ['ssv', 'spaceDelimited'],
  ['tsv', 'tabDelimited'],
  ['pipes', 'pipeDelimited'],
]);

/** In Swagger 2, type, default and enum are next to the name; in OpenAPI 3 they are in a schema. */
function withSchema({ name, in: place, required, ...rest }: Parameter) {
  const joined = rest.collectionFormat !== 'multi' && rest.type === 'array';
  const style = STYLES.get(rest.collectionFormat);
  return {
    name,
    in: place,
    required,
    schema: rest,
    example: rest['x-example'],
    ...(joined ? { explode: false } : {}),
    ...(joined && place === 'query' && style !== undefined ? { style } : {}),
  };
}

/** A file has no example, so a form that requires one is not sent. */
function formOf(fields: readonly Parameter[], consumed: string) {
  if (fields.length === 0) return null;
  const type = consumed === 'multipart/form-data' ? consumed : 'application/x-www-form-urlencoded';
  const properties = Object.fromEntries(
    fields.map(({ name, in: _, required: __, ...schema }) => [name, withOwnExample(schema)]),
  );
  const required = fields.filter((field) => field.required === true).map(({ name }) => name);
  return { [type]: { schema: { type: 'object', properties, required } } };
}

function parametersOf(given: readonly unknown[] = [], shared: ReadonlyMap<string, unknown>): Parameter[] {
  return given.flatMap((one) => {
    const reference = z.object({ $ref: z.string().startsWith('#/parameters/') }).safeParse(one);
    const parameter = parameterSchema.safeParse(reference.success ? shared.get(reference.data.$ref.slice(13)) : one);
    return parameter.success ? [parameter.data] : [];
  });
}
