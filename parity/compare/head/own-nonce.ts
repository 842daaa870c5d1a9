/** Each answer's policy names a nonce of its own (CSP 3, 7.1), which its scripts repeat. */
import type { FieldLines } from '../../../http/index.ts';
import type { Answers } from '../../model/index.ts';

/** The candidate's text as stable would write it: with stable's nonces for its own. One that its policy does not name stays as it is. */
export function inStableNonces(text: string, { stable, candidate }: Answers): string {
  const [ours, theirs] = [noncesOf(stable.headers), noncesOf(candidate.headers)];
  if (ours.length !== theirs.length) return text;
  return theirs.reduce((written, nonce, i) => written.replaceAll(`"${nonce}"`, `"${ours[i]}"`), text);
}

/** In the order of the policy, each once; shorter ones may be words of the page. */
function noncesOf(headers: FieldLines): string[] {
  const policies = headers.filter(([name]) => name.toLowerCase() === 'content-security-policy');
  const nonces = policies.flatMap(([, policy]) => [...policy.matchAll(/'nonce-([\w+/=-]{8,})'/gi)]);
  return [...new Set(nonces.map(([, nonce = '']) => nonce))];
}
