/** The body of an OpenAPI operation's request, as its examples give it. */
import * as z from 'zod';
import { exampledSchema, examplesOf, type Resolve } from './openapi-example.ts';

const bodySchema = z.looseObject({ required: z.boolean().optional(), content: z.record(z.string(), z.unknown()) });

export interface Body {
  readonly mediaType: string;
  readonly examples: ReadonlyMap<string, unknown>;
}

/** The first media type that has an example and can be written; null: there is no body. */
export function bodyOf(reference: unknown, resolve: Resolve): Body | 'missing' | null {
  const body = bodySchema.safeParse(resolve(reference));
  if (!body.success) return null;
  for (const [mediaType, value] of Object.entries(body.data.content)) {
    const exampled = exampledSchema.safeParse(resolve(value));
    const examples: ReadonlyMap<string, unknown> = exampled.success ? examplesOf(exampled.data, resolve) : new Map();
    if (examples.size > 0 && [...examples.values()].every((example) => canBeWritten(mediaType, example)))
      return { mediaType, examples };
  }
  return body.data.required === true ? 'missing' : null;
}

function canBeWritten(mediaType: string, example: unknown): boolean {
  return isJson(mediaType) || typeof example === 'string' || isForm(mediaType);
}

export function encoded(mediaType: string, example: unknown): string {
  // An example in text form may stand for JSON that YAML cannot hold as it is.
  if (typeof example === 'string' && (!isJson(mediaType) || /^\s*[[{]/.test(example))) return example;
  if (!isForm(mediaType)) return JSON.stringify(example);
  return Object.entries(Object(example))
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`)
    .join('&');
}

function isJson(mediaType: string): boolean {
  return /^application\/([\w.-]+\+)?json\b/i.test(mediaType);
}

function isForm(mediaType: string): boolean {
  return /^application\/x-www-form-urlencoded\b/i.test(mediaType);
}
