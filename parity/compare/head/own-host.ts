/** A side that names the host at which it was asked means itself. */
import type { Answers } from '../../model/index.ts';

/** The candidate's text as stable would write it, with stable's host in place of the candidate's own. */
export function inStableHost(text: string, { hosts }: Answers): string {
  if (hosts === undefined || hosts.stable === hosts.candidate || !text.includes(hosts.candidate)) return text;
  const host = hosts.candidate.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return text.replaceAll(new RegExp(`(//|\\\\/\\\\/|%2F%2F)${host}(?![\\w.:-])`, 'gi'), `$1${hosts.stable}`);
}
