/** Content-Type: another media type breaks clients, another charset of JSON does not, and http.Error has its own mark. */

import type { ResponseLeg } from '../../../capture/format/index.ts';
import { firstValue, isRedirect, mediaTypeOf } from '../../../http/index.ts';
import type { Cause } from '../../causes/index.ts';
import { type Answers, type HeaderDifference, isJsonType } from '../../model/index.ts';
import { headerDifference } from './header-difference.ts';

const NAME = 'content-type';

export function compareContentType(answers: Answers): HeaderDifference[] {
  const { stable, candidate } = answers;
  const [a, b] = [firstValue(stable.headers, NAME), firstValue(candidate.headers, NAME)];
  const cause = causeOf(answers);
  return cause === null ? [] : [headerDifference(cause, NAME, a, b)];
}

function causeOf({ request, stable, candidate }: Answers): Cause | null {
  const [x, y] = [mediaTypeOf(stable), mediaTypeOf(candidate)];
  if (x.type !== y.type) {
    if (isRedirect(stable) && isRedirect(candidate)) return 'redirect-body';
    if (isHttpError(candidate) && isJsonType(x.type)) return 'error-as-text';
    const empty = stable.body.bytes === 0 && candidate.body.bytes === 0 && request.method !== 'HEAD';
    if (empty) return 'media-type-of-nothing';
    return 'media-type';
  }
  const names = new Set([...x.parameters.keys(), ...y.parameters.keys()]);
  names.delete('boundary');
  for (const name of names) {
    const [p, q] = [x.parameters.get(name), y.parameters.get(name)];
    if (p?.toLowerCase() !== q?.toLowerCase()) return name === 'charset' ? 'charset' : 'header-value';
  }
  return null;
}

/** The two fields that http.Error sets. */
function isHttpError(leg: ResponseLeg): boolean {
  const nosniff = firstValue(leg.headers, 'x-content-type-options')?.toLowerCase() === 'nosniff';
  return mediaTypeOf(leg).type === 'text/plain' && nosniff;
}
