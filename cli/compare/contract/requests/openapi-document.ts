/** An OpenAPI 3 document in JSON or YAML, and the targets of its references. */
import { dirname, resolve, sep } from 'node:path';
import * as z from 'zod';
import { describeProblems, wordIssue } from '../../../../input/index.ts';
import { textOf } from '../../../../json/index.ts';
import { parseYaml, readBytes, UsageError } from '../../../shared/index.ts';
import type { Resolve } from './openapi-example.ts';

const documentSchema = z.looseObject({
  /** YAML parses an unquoted version as a number. */
  openapi: z
    .union([z.string(), z.number().transform(String)])
    .refine((version) => /^3(?:\.|$)/.test(version), { error: 'only OpenAPI 3 and Swagger 2 are understood' }),
  paths: z.record(z.string(), z.unknown()),
  servers: z.array(z.unknown()).optional(),
});
export type OpenapiDocument = z.infer<typeof documentSchema>;

/** @throws UsageError that names the file and the mistake */
export function openapiDocument(file: string, value: unknown, named: string): OpenapiDocument {
  if (
    !z.union([z.looseObject({ openapi: z.unknown() }), z.looseObject({ swagger: z.unknown() })]).safeParse(value)
      .success
  )
    throw new UsageError(
      `${named}: ${file} is not a known kind of document: OpenAPI has the key openapi, Swagger swagger, a Postman collection item, a flow format, a HAR log`,
    );
  const document = documentSchema.safeParse(value, { error: wordIssue });
  if (document.success) return document.data;
  throw new UsageError(`${named}: ${file} is not an OpenAPI document: ${describeProblems(document.error, 'document')}`);
}

export interface DocumentValues {
  /** How messages name the source of the file: `files`, which is an argument, or an option. */
  readonly named: string;
  /** Values of parameters and variables by name, which take precedence over the document. */
  readonly values: ReadonlyMap<string, string>;
  /** Paths of the sides' base URLs. */
  readonly bases: readonly string[];
}

const serverSchema = z.looseObject({
  url: z.string(),
  variables: z
    .record(z.string(), z.looseObject({ default: z.union([z.string(), z.number()]).transform(String) }))
    .optional(),
});

/**
 * The path of the first server, with its variables filled in; '' if the service's own base URL ends with it.
 * @throws NoRequest
 */
export function basePathOf(servers: readonly unknown[] | undefined, { values, bases }: DocumentValues): string {
  const server = serverSchema.safeParse(servers?.[0]);
  if (!server.success) return '';
  const { url, variables = {} } = server.data;
  const filled = url.replaceAll(
    /\{([^{}]+)\}/g,
    (whole, name: string) => values.get(name) ?? variables[name]?.default ?? whole,
  );
  const target = filled.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '');
  const [, lacking] = /\{([^{}]+)\}/.exec(target) ?? [];
  if (lacking !== undefined)
    throw new NoRequest(`no value for the variable ${lacking} of its server; --value ${lacking}=… gives it`);
  const path = target.replace(/[?#].*$/s, '').replace(/\/$/, '');
  // Relative to the location of the document, of which only the host is unknown.
  const rooted = path === '' ? '' : new URL(path, 'http://server.invalid').pathname.replace(/\/$/, '');
  return endsABase(rooted, bases) ? '' : rooted;
}

/** Whether the base URLs already include it. */
export function endsABase(path: string, bases: readonly string[]): boolean {
  return bases.some((base) => base.replace(/\/$/, '').endsWith(path));
}

/** Why an operation is not sent, as the end of a sentence; other operations of the document are sent. */
export class NoRequest extends Error {}

const referenceSchema = z.looseObject({ $ref: z.string() });
/** A longer chain of references is a circle. */
const LONGEST_CHAIN = 32;

/**
 * Follows references within the document and into files in its folder. Others would have to be fetched, and only the
 * two sides are contacted.
 */
export function resolver(document: OpenapiDocument, file: string, named: string): Resolve {
  const [home, root] = [dirname(resolve(file)), resolve(file)];
  const known = new Map<string, unknown>([[root, document]]);
  const load = (path: string, $ref: string): unknown => {
    if (!path.startsWith(`${home}${sep}`))
      throw new NoRequest(`its $ref ${$ref} points outside the folder of the document; bundle it into one file first`);
    if (!known.has(path)) {
      const text = textOf(bytesOf(named, path, $ref));
      const read = text.ok ? parseYaml(text.value, { file: path, exact: true }) : text;
      if (!read.ok) throw new NoRequest(`its $ref ${$ref} leads to a file that ${read.problem}`);
      known.set(path, referredFrom(path, read.value));
    }
    return known.get(path);
  };
  return (value) => {
    let current = value;
    for (let i = 0; i < LONGEST_CHAIN; i++) {
      const reference = referenceSchema.safeParse(current);
      if (!reference.success) return current;
      const { $ref } = reference.data;
      if (/^[a-z][a-z0-9+.-]+:/i.test($ref))
        throw new NoRequest(`its $ref ${$ref} is on another host; bundle it into one file first`);
      const [path = '', pointer = ''] = $ref.split('#');
      current = at(path === '' ? document : load(resolve(home, path), $ref), pointer);
      if (current === undefined) throw new NoRequest(`its $ref ${$ref} points to nothing`);
    }
    throw new NoRequest('its $ref leads in a circle');
  };
}

function bytesOf(named: string, path: string, $ref: string): Buffer {
  try {
    return readBytes(named, path);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new NoRequest(`its $ref ${$ref} leads to a file that cannot be read`);
  }
}

/** The value with every reference made absolute. */
function referredFrom(path: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((one) => referredFrom(path, one));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => {
      if (key !== '$ref' || typeof one !== 'string' || /^[a-z][a-z0-9+.-]+:/i.test(one))
        return [key, referredFrom(path, one)];
      return [key, one.startsWith('#') ? `${path}${one}` : resolve(dirname(path), one)];
    }),
  );
}

function at(document: unknown, pointer: string): unknown {
  let value = document;
  for (const segment of pointer.split('/').slice(1)) {
    const key = decodeURIComponent(segment).replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof value !== 'object' || value === null) return undefined;
    value = new Map(Object.entries(value)).get(key);
  }
  return value;
}
