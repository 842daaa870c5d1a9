/** URLs of a curl command: lists and ranges within them (curl's manual, "Globbing"), and placeholders for a host. */
import { CannotBeSent } from './text-request.ts';

/** A command with more requests is a load test. */
const MOST = 1_000;

const PATTERN =
  /(?<name>\{\{[^{}]*\}\})|\{(?<list>[^{}]*)\}|\[(?:(?<from>\d+)-(?<to>\d+)|(?<first>[A-Za-z])-(?<last>[A-Za-z]))(?::(?<step>\d+))?\]|\\(?<escaped>[{}[\]])|(?<plain>[\s\S])/g;

/** @throws CannotBeSent if there are too many */
export function globbed(url: string): string[] {
  let urls = [''];
  for (const { groups = {} } of url.matchAll(PATTERN)) {
    const choices = choicesOf(groups);
    if (urls.length * choices.length > MOST) throw new CannotBeSent(`a curl command requests more than ${MOST} URLs`);
    urls = urls.flatMap((begun) => choices.map((choice) => begun + choice));
  }
  return urls;
}

/** `{{name}}` is not one of curl's lists: a value is inserted later. */
function choicesOf({ name, list, from, to, first, last, step, escaped, plain }: Record<string, string | undefined>) {
  if (list !== undefined) return list.split(',');
  const by = Math.max(1, Number(step ?? 1));
  if (from !== undefined && to !== undefined)
    return steps(Number(from), Number(to), by).map((n) =>
      String(n).padStart(from.startsWith('0') ? from.length : 0, '0'),
    );
  if (first !== undefined && last !== undefined)
    return steps(first.charCodeAt(0), last.charCodeAt(0), by).map((code) => String.fromCharCode(code));
  return [name ?? escaped ?? plain ?? ''];
}

function steps(from: number, to: number, by: number): number[] {
  const count = Math.min(MOST + 1, Math.floor((to - from) / by) + 1);
  return Array.from({ length: Math.max(0, count) }, (_, i) => from + i * by);
}
