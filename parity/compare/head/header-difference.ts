/** How a difference of a header field is made. */
import type { Cause } from '../../causes/index.ts';
import { excerpt, type HeaderDifference, why } from '../../model/index.ts';

/** `stable` and `candidate`: the values of the field on each side, null where it does not send it. */
export function headerDifference(
  cause: Cause,
  name: string,
  stable: string | null,
  candidate: string | null,
  advice?: string,
): HeaderDifference {
  const short = (text: string | null) => (text === null ? null : excerpt(text));
  return {
    in: 'header',
    name: excerpt(name),
    stable: short(stable),
    candidate: short(candidate),
    ...why(cause, advice),
  };
}
