import type * as z from 'zod';

/** JSON of a line; undefined when it is none. */
export function parseLine(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** One short sentence that names the field. */
export function firstProblem(error: z.ZodError): string {
  const issue = error.issues[0];
  if (issue === undefined) return 'not a record';
  if (issue.path.length === 0 && issue.code === 'invalid_type') return 'not a JSON object';
  return issue.path.length === 0 ? issue.message : `${issue.path.join('.')}: ${issue.message}`;
}
