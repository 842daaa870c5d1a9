/** Requests of a document that is read as a whole: OpenAPI, Swagger 2 or a Postman collection, JSON or YAML. */
import * as z from 'zod';
import { textOf } from '../../../../json/index.ts';
import { parseYaml, readBytes, UsageError } from '../../../shared/index.ts';
import { openapiRequests } from './openapi.ts';
import type { Planned } from './planned-request.ts';
import { postmanRequests } from './postman.ts';
import { swaggerAsOpenapi } from './swagger.ts';

export interface DocumentOptions {
  /** Templates such as `/items/{id}`, for texts that name no route. */
  readonly routes: readonly string[];
  /** Values of parameters and variables by name, before all that a document says. */
  readonly values: ReadonlyMap<string, string>;
}

const postmanSchema = z.looseObject({ info: z.looseObject({ name: z.unknown() }), item: z.array(z.unknown()) });

/** As Postman's API hands it out. */
const exportedSchema = z.strictObject({ collection: postmanSchema });

/** @throws UsageError that names the file and what is wrong with it */
export function documentRequests(file: string, source: number, { values }: DocumentOptions): Planned[] {
  const text = textOf(readBytes('files', file));
  if (!text.ok) throw new UsageError(`files: ${file} ${text.problem}`);
  const read = parseYaml(text.value);
  if (!read.ok) throw new UsageError(`files: ${file} ${read.problem}`);
  const exported = exportedSchema.safeParse(read.value);
  const document = exported.success ? exported.data.collection : read.value;
  if (postmanSchema.safeParse(document).success) return postmanRequests(document, source, values);
  return openapiRequests(file, swaggerAsOpenapi(document), source, values);
}
