import * as z from 'zod';
import { problemsOf, wordIssue } from '../../input/index.ts';

/** One schema for each prop, so that none is forgotten. */
export type Shape<Props> = Readonly<Record<keyof Required<Props>, z.ZodType>>;

/**
 * Checks that every prop is known, given where it is required, and of its kind. The construct then checks what the
 * values mean together.
 * @param who precedes the message, such as `WeightedRule Rule0`
 * @throws RangeError that names every wrong prop
 */
export function checkProps<Props extends object>(who: string, shape: Shape<Props>, props: Props): void {
  const { error } = z.strictObject(shape).safeParse(props, { error: wordProp });
  if (error === undefined) return;
  const problems = error.issues.flatMap((issue) =>
    problemsOf(new z.ZodError([issue])).map(({ path, message }) =>
      // `problemsOf` does not know which props there are.
      issue.code === 'unrecognized_keys'
        ? `${path} ${issue.message}`
        : `${path === '' ? 'the object of props' : path} ${message}`,
    ),
  );
  throw new RangeError(`${who}: ${problems.join('; ')}`);
}

function wordProp(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code !== 'unrecognized_keys' || !(issue.inst instanceof z.ZodObject)) return wordIssue(issue);
  return `is no prop; there are ${Object.keys(issue.inst.shape).join(', ')}`;
}
