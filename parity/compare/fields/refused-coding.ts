/** Whether a client that states its accepted content codings can read an answer (RFC 9110, 12.5.3). */
import { firstValue, membersOf } from '../../../http/index.ts';
import type { Answers } from '../../model/index.ts';

/** A client that states nothing may get any coding. @param codings values of Content-Encoding */
export function isRefusedCoding(codings: readonly string[], { request }: Answers): boolean {
  const accepted = firstValue(request.headers ?? [], 'accept-encoding');
  if (accepted === null) return false;
  const weights = new Map(membersOf([accepted]).map(weighed));
  return membersOf(codings)
    .map(nameOf)
    .some((coding) => coding !== 'identity' && (weights.get(coding) ?? weights.get('*') ?? 0) === 0);
}

function weighed(member: string): readonly [coding: string, weight: number] {
  const [coding = '', ...parameters] = member.split(';').map((part) => part.trim().toLowerCase());
  const weight = parameters.find((parameter) => /^q\s*=/.test(parameter))?.replace(/^q\s*=\s*/, '');
  return [nameOf(coding), weight === undefined ? 1 : Number(weight) || 0];
}

/** Older names of a coding mean the same (RFC 9110, 8.4.1). */
const nameOf = (coding: string) =>
  coding
    .trim()
    .toLowerCase()
    .replace(/^x-(?=gzip$|compress$)/, '');
