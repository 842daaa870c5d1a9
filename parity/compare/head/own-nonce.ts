/** Each answer's policy names a new nonce (CSP 3, 7.1), which the scripts of the page repeat. */
import type { FieldLines } from '../../../http/index.ts';
import type { Answers } from '../../model/index.ts';

/**
 * The candidate's text as stable would write it, with stable's nonces in place of the candidate's own. A nonce that its
 * policy does not name is left unchanged.
 */
export function inStableNonces(text: string, { stable, candidate }: Answers): string {
  const [ours, theirs] = [noncesOf(stable.headers), noncesOf(candidate.headers)];
  if (ours.length !== theirs.length) return text;
  return theirs.reduce((written, nonce, i) => written.replaceAll(`"${nonce}"`, `"${ours[i]}"`), text);
}

/** Each nonce once, in the order of the policy. Shorter values may be ordinary words of the page. */
function noncesOf(headers: FieldLines): string[] {
  const policies = headers.filter(([name]) => name.toLowerCase() === 'content-security-policy');
  const nonces = policies.flatMap(([, policy]) => [...policy.matchAll(/'nonce-([\w+/=-]{8,})'/gi)]);
  return [...new Set(nonces.map(([, nonce = '']) => nonce))];
}
