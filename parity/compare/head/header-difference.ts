/** Builds the difference of a header field. */
import type { Cause } from '../../causes/index.ts';
import { excerpt, type HeaderDifference, why } from '../../model/index.ts';

/** @param stable values of the field; null if the side does not send it @param candidate likewise */
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
