/** Compares ETag and Last-Modified, on which conditional requests, and therefore 304s, depend. */
import { httpDate } from '../../../http/index.ts';
import type { HeaderDifference } from '../../model/index.ts';
import { headerDifference } from './header-difference.ts';

/** @param name `etag` or `last-modified` */
export function compareValidator(name: string, stable: string | null, candidate: string | null): HeaderDifference[] {
  if (stable === candidate) return [];
  // Recipients must accept three date formats (RFC 9110, 5.6.7).
  if (name === 'last-modified' && stable !== null && candidate !== null && sameDate(stable, candidate))
    return [headerDifference('header-format', name, stable, candidate)];
  const cause = kindOf(name, stable) === kindOf(name, candidate) ? 'validator-value' : 'validator-kind';
  return [headerDifference(cause, name, stable, candidate)];
}

function sameDate(stable: string, candidate: string): boolean {
  const ms = httpDate(stable);
  return ms !== null && ms === httpDate(candidate);
}

function kindOf(name: string, value: string | null): 'none' | 'weak' | 'strong' | 'malformed' {
  if (value === null) return 'none';
  if (name === 'last-modified') return httpDate(value) === null ? 'malformed' : 'weak';
  if (value.startsWith('W/"')) return 'weak';
  return value.startsWith('"') ? 'strong' : 'malformed';
}
