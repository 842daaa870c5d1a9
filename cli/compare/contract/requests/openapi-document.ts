/** An OpenAPI 3 document, JSON or YAML, and what its references lead to. */
import * as z from 'zod';
import { describeProblems, wordIssue } from '../../../../input/index.ts';
import { UsageError } from '../../../shared/index.ts';
import type { Resolve } from './openapi-example.ts';

const documentSchema = z.looseObject({
  openapi: z.string().regex(/^3\./, 'only OpenAPI 3 is understood'),
  paths: z.record(z.string().startsWith('/'), z.unknown()),
});
export type OpenapiDocument = z.infer<typeof documentSchema>;

/** @throws UsageError that names the file and what is wrong with it */
export function openapiDocument(file: string, value: unknown): OpenapiDocument {
  const document = documentSchema.safeParse(value, { error: wordIssue });
  if (document.success) return document.data;
  throw new UsageError(`files: ${file} is not an OpenAPI document: ${describeProblems(document.error, 'document')}`);
}

const referenceSchema = z.looseObject({ $ref: z.string() });
/** A chain of references longer than this leads in a circle. */
const LONGEST_CHAIN = 32;

/** Follows references within the document; others would have to be fetched, and nothing is asked but the two sides. */
export function resolver(document: OpenapiDocument, file: string): Resolve {
  return (value) => {
    let current = value;
    for (let i = 0; i < LONGEST_CHAIN; i++) {
      const reference = referenceSchema.safeParse(current);
      if (!reference.success) return current;
      const { $ref } = reference.data;
      if (!$ref.startsWith('#/'))
        throw new UsageError(`${file}: $ref ${$ref} points outside the document; bundle it into one file first`);
      current = at(document, $ref);
      if (current === undefined) throw new UsageError(`${file}: $ref ${$ref} points to nothing`);
    }
    throw new UsageError(`${file}: $ref is circular`);
  };
}

function at(document: unknown, pointer: string): unknown {
  let value = document;
  for (const segment of pointer.slice(2).split('/')) {
    const key = decodeURIComponent(segment).replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof value !== 'object' || value === null) return undefined;
    value = new Map(Object.entries(value)).get(key);
  }
  return value;
}
