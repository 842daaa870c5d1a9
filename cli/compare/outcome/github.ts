/**
 * Annotations of a GitHub Actions run, as lines that its runner reads:
 * https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
 */
import { standsAgainst } from '../../../parity/causes/index.ts';
import type { TodoItem } from '../../../report/index.ts';
import { FAIL_ON, type FailOn, plain } from '../../shared/index.ts';
import { morePlaces } from './todo.ts';

/** GitHub displays ten of each kind per step. */
const MOST = 10;

export function githubAnnotations(todo: readonly TodoItem[], sources: readonly string[], failOn: FailOn): string[] {
  const counted: readonly string[] = FAIL_ON.slice(0, FAIL_ON.indexOf(failOn) + 1);
  const errors = todo.filter(({ severity }) => counted.includes(severity));
  const warnings = todo.filter(({ severity }) => standsAgainst(severity) && !counted.includes(severity));
  return [
    ...errors.slice(0, MOST).map((item) => annotation('error', item, sources)),
    ...warnings.slice(0, MOST).map((item) => annotation('warning', item, sources)),
  ];
}

function annotation(level: 'error' | 'warning', item: TodoItem, sources: readonly string[]): string {
  const { cause, subject, severity, advice, captures, of, places, samples } = item;
  const [first] = samples;
  const title = `${severity} ${cause}${subject === '' ? '' : `: ${subject}`}`;
  const where =
    first === undefined ? [] : [`file=${property(sources[first.at.source] ?? '')}`, `line=${first.at.line}`];
  const seen =
    first === undefined
      ? ''
      : `${first.route} ${first.place}: ${first.stable ?? '(absent)'} → ${first.candidate ?? '(absent)'}`;
  const more = places.length > 1 ? ` and ${morePlaces(places.length - 1)}` : '';
  const text = `${captures} of ${of} captures. ${advice}\n${seen}${more}`;
  return `::${level} ${[...where, `title=${property(title)}`].join(',')}::${data(text)}`;
}

function data(text: string): string {
  return text
    .split('\n')
    .map((line) => plain(line).replaceAll('%', '%25'))
    .join('%0A');
}

function property(text: string): string {
  return plain(text).replaceAll('%', '%25').replaceAll(':', '%3A').replaceAll(',', '%2C');
}
