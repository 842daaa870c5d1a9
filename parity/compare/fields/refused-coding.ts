/** Whether a client that says which content codings it takes can read an answer (RFC 9110, 12.5.3). */
import { firstValue, membersOf } from '../../../http/index.ts';
import type { Answers } from '../../model/index.ts';

/** `codings`: values of Content-Encoding. A client that says nothing may take any. */
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

/** RFC 9110, 8.4.1: older names mean the same. */
const nameOf = (coding: string) =>
  coding
    .trim()
    .toLowerCase()
    .replace(/^x-(?=gzip$|compress$)/, '');
