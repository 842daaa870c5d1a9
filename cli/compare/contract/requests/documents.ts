/** Requests from a document that is read as a whole: OpenAPI, Swagger 2 or a Postman collection, in JSON or YAML. */
import * as z from 'zod';
import { describeProblems, wordIssue } from '../../../../input/index.ts';
import { textOf } from '../../../../json/index.ts';
import { parseYaml, UsageError } from '../../../shared/index.ts';
import { openapiRequests } from './openapi.ts';
import type { DocumentValues } from './openapi-document.ts';
import type { Planned } from './planned-request.ts';
import { postmanRequests } from './postman.ts';
import { swaggerAsOpenapi } from './swagger.ts';

export interface DocumentOptions extends DocumentValues {
  /** Templates such as `/items/{id}`, for texts that name no routes. */
  readonly routes: readonly string[];
}

const postmanSchema = z.looseObject({ item: z.array(z.looseObject({})) });
/** A document that is meant as a collection, whatever its list holds. */
const meantSchema = z.looseObject({
  item: z.array(z.unknown()),
  openapi: z.undefined().optional(),
  swagger: z.undefined().optional(),
});

/** The form in which Postman's API returns it. */
const exportedSchema = z.strictObject({ collection: meantSchema });

/** Documents that are mistaken for a source of requests, and what to do instead. */
const OTHERS = [
  {
    schema: z.looseObject({ values: z.array(z.unknown()), _postman_variable_scope: z.string() }),
    problem: 'is an environment of Postman: give the collection, and values by --value name=…',
  },
  {
    schema: z.looseObject({
      values: z.array(z.looseObject({ key: z.string(), value: z.unknown() })),
      item: z.undefined().optional(),
    }),
    problem: 'is an environment of Postman: give the collection, and values by --value name=…',
  },
  {
    schema: z.looseObject({ requests: z.array(z.unknown()), order: z.array(z.unknown()) }),
    problem: 'is a Postman collection of version 1: export it as version 2.1',
  },
  {
    schema: z.looseObject({ __export_format: z.number(), resources: z.array(z.unknown()) }),
    problem: 'is an export of Insomnia: export it as HAR, or its design as OpenAPI',
  },
  {
    schema: z.looseObject({ type: z.string().startsWith('collection.insomnia') }),
    problem: 'is an export of Insomnia: export it as HAR, or its design as OpenAPI',
  },
  { schema: z.looseObject({ asyncapi: z.unknown() }), problem: 'is AsyncAPI, which describes no requests of HTTP' },
  {
    schema: z.looseObject({ openapi: z.string(), webhooks: z.unknown(), paths: z.undefined().optional() }),
    problem: 'describes webhooks alone: no request that a client sends',
  },
] as const;

/** @throws UsageError that names the file and the mistake */
export function documentRequests(file: string, source: number, given: DocumentOptions, content: Uint8Array): Planned[] {
  const text = textOf(content);
  if (!text.ok) throw new UsageError(`${given.named}: ${file} ${text.problem}`);
  const read = parseYaml(text.value, { file, exact: true });
  if (!read.ok) throw new UsageError(`${given.named}: ${file} ${read.problem}`);
  const exported = exportedSchema.safeParse(read.value);
  const document = exported.success ? exported.data.collection : read.value;
  const other = OTHERS.find(({ schema }) => schema.safeParse(document).success);
  if (other !== undefined) throw new UsageError(`${given.named}: ${file} ${other.problem}`);
  const postman = postmanSchema.safeParse(document, { error: wordIssue });
  if (postman.success) return postmanRequests(document, source, given);
  if (meantSchema.safeParse(document).success)
    throw new UsageError(
      `${given.named}: ${file} is not a Postman collection: ${describeProblems(postman.error, 'collection')}`,
    );
  return openapiRequests(file, swaggerAsOpenapi(document), source, given);
}
