/** The request body of an OpenAPI operation, from its examples, and from the command where they leave a member open. */
import * as z from 'zod';
import { jsonText } from '../../../../json/index.ts';
import { aroundNames } from './names.ts';
import { NoRequest } from './openapi-document.ts';
import { exampledSchema, examplesOf, type Resolve } from './openapi-example.ts';
import { FORM_DATA_TYPE, formData } from './texts/index.ts';

const bodySchema = z.looseObject({ required: z.boolean().optional(), content: z.record(z.string(), z.unknown()) });

export interface Body {
  readonly mediaType: string;
  readonly examples: ReadonlyMap<string, unknown>;
  /** For a form: the media type of each field. */
  readonly fieldTypes: ReadonlyMap<string, string>;
}

/**
 * Uses the first media type that has an example and can be written; null if there is no body.
 * @throws NoRequest if a body is required
 */
export function bodyOf(reference: unknown, resolve: Resolve, values: ReadonlyMap<string, string>): Body | null {
  const body = bodySchema.safeParse(resolve(reference));
  if (!body.success) return null;
  const members = { values, lacking: new Set<string>(), files: new Set<string>() };
  for (const [written, value] of Object.entries(body.data.content)) {
    // If any type is accepted, JSON is sent.
    const mediaType = /^(?:\*|application)\/\*$/.test(written) ? 'application/json' : written;
    const exampled = exampledSchema.safeParse(resolve(value));
    const examples: ReadonlyMap<string, unknown> = exampled.success
      ? examplesOf(exampled.data, resolve, members)
      : new Map();
    if (examples.size > 0 && [...examples.values()].every((example) => canBeWritten(mediaType, example)))
      return { mediaType, examples, fieldTypes: fieldTypesOf(resolve(value)) };
  }
  if (body.data.required !== true) return null;
  const [[first], [file]] = [members.lacking, members.files];
  if (first !== undefined) throw new NoRequest(`no example of ${first} in its body; --value ${first}=… gives one`);
  throw new NoRequest(
    file === undefined
      ? 'no example of its body'
      : `its body needs the file ${file}, which no document holds; a curl command with -F sends it`,
  );
}

const encodingSchema = z.looseObject({
  encoding: z.record(z.string(), z.looseObject({ contentType: z.string().optional() })),
});

function fieldTypesOf(media: unknown): ReadonlyMap<string, string> {
  const { data } = encodingSchema.safeParse(media);
  return new Map(
    Object.entries(data?.encoding ?? {}).flatMap(([name, { contentType: type }]) =>
      type === undefined ? [] : [[name, type]],
    ),
  );
}

function canBeWritten(mediaType: string, example: unknown): boolean {
  return isJson(mediaType) || typeof example === 'string' || isForm(mediaType) || isMultipart(mediaType);
}

/** Includes the media type with which it is sent, because multipart forms name their boundary. */
export function encoded({ mediaType, fieldTypes }: Body, example: unknown): { type: string; content: string | Buffer } {
  // An example in text form may represent JSON that YAML cannot express directly.
  const asItIs = typeof example === 'string' && (!isJson(mediaType) || /^\s*[[{]/.test(example));
  if (asItIs) return { type: mediaType, content: example };
  const fields = Object.entries(Object(example)).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((one) => {
      const type = fieldTypes.get(name) ?? (typeof one === 'object' && one !== null ? 'application/json' : undefined);
      return { name, value: textOfField(one), ...(type === undefined ? {} : { type }) };
    }),
  );
  if (isMultipart(mediaType)) return { type: FORM_DATA_TYPE, content: formData(fields) };
  if (!isForm(mediaType)) return { type: mediaType, content: jsonText(example) };
  const pairs = fields.map(
    ({ name, value }) => `${encodeURIComponent(name)}=${aroundNames(value, encodeURIComponent)}`,
  );
  return { type: mediaType, content: pairs.join('&') };
}

const textOfField = (value: unknown) => (typeof value === 'object' && value !== null ? jsonText(value) : String(value));

function isJson(mediaType: string): boolean {
  return /^application\/([\w.-]+\+)?json\b/i.test(mediaType);
}

function isForm(mediaType: string): boolean {
  return /^application\/x-www-form-urlencoded\b/i.test(mediaType);
}

function isMultipart(mediaType: string): boolean {
  return /^multipart\/form-data\b/i.test(mediaType);
}
