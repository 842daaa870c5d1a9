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

/** One short sentence that names the field. @param text the line, from which a kind of file may show */
export function firstProblem(error: z.ZodError, text: string): string {
  const issue = error.issues[0];
  if (issue === undefined) return 'not a record';
  if (issue.path.length === 0 && issue.code === 'invalid_type') return `not a JSON object${kindOfFile(text)}`;
  const { path, message } = problemsOf(error)[0] ?? { path: '', message: issue.message };
  return path === '' ? message : `${path}: ${message}`;
}

function kindOfFile(text: string): string {
  if (text.includes('\0')) return ', and has bytes of 0: write the file as UTF-8';
  if (/^\s*\{\s*$/.test(text)) return ', but begins one: `jq -c .` writes it on one line';
  return /^\s*\[\s*(?:\{.*)?$/.test(text) ? ", but begins a list: `jq -c '.[]'` writes one a line" : '';
}
