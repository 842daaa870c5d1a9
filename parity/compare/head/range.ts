/** The part that a 206 holds of what stable sends whole (RFC 9110, 14.4 and 15.3.7). */
import { firstValue } from '../../../http/index.ts';
import type { Answers } from '../../model/index.ts';

export interface ByteRange {
  readonly first: number;
  readonly last: number;
  /** null if the candidate does not say. */
  readonly total: number | null;
}

/** Returns null unless the client asked for a range, and the candidate alone sends one. */
export function rangeOf({ request, stable, candidate }: Answers): ByteRange | null {
  if (stable.status === 206 || candidate.status !== 206) return null;
  const [asked, held] = ['range', 'if-range'].map((name) => firstValue(request.headers ?? [], name));
  if (asked == null || !isOfWhatIsHeld(held ?? null, candidate)) return null;
  const said = /^bytes (\d+)-(\d+)\/(?:(\d+)|\*)$/i.exec(firstValue(candidate.headers, 'content-range') ?? '');
  if (said === null) return null;
  return { first: Number(said[1]), last: Number(said[2]), total: said[3] === undefined ? null : Number(said[3]) };
}

/** Whether the part belongs to the rest that the client holds (RFC 9110, 13.1.5). */
function isOfWhatIsHeld(held: string | null, { headers }: Answers['candidate']): boolean {
  return held === null || ['etag', 'last-modified'].some((name) => firstValue(headers, name) === held);
}
