import { lastKey } from '../../http/index.ts';
import type { Difference } from './difference.ts';

/** One spelling for names that differ only in case or separators: `userId`, `UserID`, `user_id`. */
export function foldedName(name: string): string {
  return name.replaceAll(/[_\- ]/g, '').toLowerCase();
}

/** The words of a name, in lower case: `userId`, `user_id` and `user.id` each have two. */
export function wordsOf(name: string): string[] {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word !== '');
}

/** Words that indicate a time. Matched as whole words, so `items`, `usage`, `average` and `section` do not count. */
const TIME_WORDS = new Set(
  'time took timeout duration delay interval latency elapsed expires expiry uptime wait period ttl ms millis milliseconds sec secs seconds nanos ns us micros'.split(
    ' ',
  ),
);

export function isTimeName(name: string): boolean {
  return (
    wordsOf(name).some((word) => TIME_WORDS.has(word)) ||
    /(?:time|duration|timeout|seconds|millis)$/.test(name.toLowerCase())
  );
}

/** The name of the value that differs: of a member, a field of a header or form, an element. */
export function nameOfPlace(difference: Difference): string {
  if (difference.in === 'header') return difference.within ?? difference.name;
  if (difference.in !== 'body') return '';
  if (difference.cause === 'form-value') return difference.pointer.split('/')[1] ?? '';
  return lastKey(difference.pointer.replace(/(?:\/text\(\)|\[\d+\])+$/, '')).replace(/^@/, '');
}
