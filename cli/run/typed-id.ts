import type * as z from 'zod';
import { describeProblems } from '../../input/index.ts';
import { UsageError } from '../shared/index.ts';

/** Parses an id that somebody typed. @param what the option or the thing that it names @throws UsageError */
export function typedId<S extends z.ZodType>(schema: S, what: string, text: string): z.output<S> {
  const id = schema.safeParse(text);
  if (!id.success) throw new UsageError(describeProblems(id.error, `${what} "${text}"`));
  return id.data;
}
