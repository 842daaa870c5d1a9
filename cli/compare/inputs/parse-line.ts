import type * as z from 'zod';
import { problemsOf } from '../../../input/index.ts';

/** The JSON of a line; undefined if it is invalid. */
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
  const { path, message } = problemsOf(error)[0] ?? { path: '', message: issue.message };
  return path === '' ? message : `${path}: ${message}`;
}
