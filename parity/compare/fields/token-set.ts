/** The members of a field whose members are a set of tokens. */
import { membersOf, unquote } from '../../../http/index.ts';

/** Sorted, in lower case: names of tokens are case-insensitive, and so are the values in use. */
export function tokensOf(values: readonly string[]): string[] {
  return [...new Set(membersOf(values).map(normalToken))].sort();
}

function normalToken(member: string): string {
  const parts = member.toLowerCase().split('=');
  return parts.map((part) => unquote(part.trim())).join('=');
}
