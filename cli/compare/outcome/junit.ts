/**
 * A summary as JUnit XML: one test case per route, which fails because of what counts. Valid for the schema of Jenkins'
 * xUnit plug-in.
 */
import { quantity } from '../../../input/index.ts';
import type { Summary } from '../../../parity/tally/index.ts';
import { compared, routeRows, type TodoItem } from '../../../report/index.ts';
import { FAIL_ON, type FailOn } from '../../shared/index.ts';
import { morePlaces } from './todo.ts';

/** How many root causes the summary of a failure names; its text has all. */
const MOST_NAMED = 5;

/** @param failOn differences of this severity or above count */
export function junitXml(title: string, summary: Summary, todo: readonly TodoItem[], failOn: FailOn): string {
  const counted = FAIL_ON.slice(0, FAIL_ON.indexOf(failOn) + 1);
  const cases = routeRows(summary).map(([route, { verdicts }]) => {
    const failed = counted.reduce((sum, verdict) => sum + verdicts[verdict], 0);
    const head = `<testcase classname="${xml(title)}" name="${xml(route)}" time="0"`;
    if (failed === 0) return { failed: 0, text: `    ${head}/>` };
    const items = todo.filter((item) => counted.some((c) => c === item.severity) && item.routes.includes(route));
    const named = items.slice(0, MOST_NAMED).map(({ cause, subject }) => `${cause} ${subject}`.trim());
    const more = items.length > MOST_NAMED ? ` and ${items.length - MOST_NAMED} more` : '';
    const message = `${failed} of ${quantity(compared(verdicts), 'capture')}: ${named.join(', ')}${more}`;
    return {
      failed: 1,
      text: `    ${head}>\n      <failure type="parity" message="${xml(message)}">${xml(items.map(told).join('\n\n'))}</failure>\n    </testcase>`,
    };
  });
  const unreadable = summary.unreadable.first.map(
    ({ reason }) =>
      `    <testcase classname="${xml(title)}" name="input" time="0">\n      <error type="input" message="${xml(reason)}"/>\n    </testcase>`,
  );
  const failures = cases.reduce((sum, { failed }) => sum + failed, 0);
  const counts = `tests="${cases.length + unreadable.length}" failures="${failures}" errors="${unreadable.length}" time="0"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${counts}>`,
    `  <testsuite name="${xml(title)}" ${counts} skipped="0">`,
    ...cases.map(({ text }) => text),
    ...unreadable,
    '  </testsuite>',
    '</testsuites>\n',
  ].join('\n');
}

function told({ severity, cause, subject, advice, samples, places, curl }: TodoItem): string {
  const [first] = samples;
  return [
    `${severity} ${cause} ${subject}`.trimEnd(),
    advice,
    ...(first === undefined
      ? []
      : [`${first.route} ${first.place}: ${first.stable ?? '(absent)'} → ${first.candidate ?? '(absent)'}`]),
    ...(places.length > 1 ? [`and ${morePlaces(places.length - 1)}`] : []),
    ...(curl === null ? [] : [curl.stable, curl.candidate]),
  ].join('\n');
}

/** Replaces characters that XML 1.0 cannot represent by U+FFFD. */
function xml(text: string): string {
  return text
    .toWellFormed()
    .replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '\u{fffd}')
    .replace(/[&<>"\r]/g, (c) => `&#${c.charCodeAt(0)};`);
}
